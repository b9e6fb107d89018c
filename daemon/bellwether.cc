// The command line of Bellwether: queries a daemon over gRPC, creates topics, publishes registers.
#include <CLI/CLI.hpp>

#include "cli/context.h"
#include "core/base/version.h"

namespace {

constexpr char kFooter[] =
    "Examples:\n"
    "  bellwether alerts list --open\n"
    "  bellwether alerts explain R1.SG.C.1997-06\n"
    "  bellwether alerts why-not R1 SG/C\n"
    "  bellwether indicators get births --area SG --sector C --from 1996-01 --to 1998-12\n"
    "  bellwether export births deaths --filter \"sector_level = section\" --zstd --file "
    "panel.csv.zst\n"
    "  bellwether detect --input series.csv --plot series.svg\n"
    "  bellwether forecast --input series.csv --plot series.svg\n"
    "Exit codes: 0 done; 1 failure, or verify found a difference; 2 wrong use; 3 no answer from "
    "the server;\n"
    "4 not found; 5 the log does not hold what verify needs; 6 connect: the register no longer has "
    "the events\n"
    "that were not read yet.";

}  // namespace

int main(int argc, char** argv) {
  bellwether::cli::Context context;
  CLI::App app("Early warning of downturns for small businesses.", "bellwether");
  app.footer(kFooter);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--server", context.server, "host:port of bellwetherd")
      ->envname("BELLWETHER_SERVER")
      ->capture_default_str();
  app.add_option("--output", context.output, "table for people, json for machines")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  app.add_option("--timeout", context.timeout_seconds, "seconds to wait for an answer")
      ->check(bellwether::cli::at_most(bellwether::cli::kTimeoutSecondsMax))
      ->capture_default_str();
  app.set_version_flag("--version", bellwether::base::kVersion);
  bellwether::cli::add_alerts(app, context);
  bellwether::cli::add_notify(app, context);
  bellwether::cli::add_regime_breaks(app, context);
  bellwether::cli::add_indicators(app, context);
  bellwether::cli::add_inclusion(app, context);
  bellwether::cli::add_export(app, context);
  bellwether::cli::add_backtest(app, context);
  bellwether::cli::add_forecasts(app, context);
  bellwether::cli::add_status(app, context);
  bellwether::cli::add_verify(app, context);
  bellwether::cli::add_reference(app, context);
  bellwether::cli::add_topics(app, context);
  bellwether::cli::add_connect(app, context);
  bellwether::cli::add_feed(app, context);
  bellwether::cli::add_detect(app, context);
  bellwether::cli::add_forecast(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : static_cast<int>(bellwether::cli::Exit::kUsage);
  }
  return context.exit_code;
}
