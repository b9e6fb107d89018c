// bellwether connect companies-house: publishes the register of the United Kingdom.
#include <cstdio>
#include <memory>

#include "cli/connect/bulk_load.h"
#include "cli/connect/commands.h"
#include "cli/connect/connect.h"
#include "connect/companies_house/record.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

struct Options {
  ConnectOptions connect;
  BulkOptions bulk;
  std::string as_of;
};

absl::Status run(Options& options) {
  if (!options.as_of.empty()) {
    BELLWETHER_ASSIGN_OR_RETURN(options.bulk.as_of, base::parse_date(options.as_of));
  }
  BELLWETHER_ASSIGN_OR_RETURN(
      auto const run, ConnectRun::start(options.connect, connect::companies_house::kStateOwner,
                                        {domain::Topic::kRegistrations}));
  auto const summary = load_bulk(*run, options.bulk);
  std::string const text = base::cat(summary.ok() ? text_of(*summary) : "", run->refusals_text());
  std::fputs(text.c_str(), stdout);
  return summary.status();
}

}  // namespace

void add_companies_house(CLI::App& app, Context& context) {
  CLI::App* const sub = app.add_subcommand(
      "companies-house",
      "the register of the United Kingdom: its monthly file BasicCompanyData. Each file says what "
      "changed since the last");
  sub->fallthrough();
  auto options = std::make_shared<Options>();
  add_connect_options(*sub, options->connect);
  sub->add_option("--bulk", options->bulk.files,
                  "BasicCompanyDataAsOneFile-DATE.csv or .zip, or all its parts")
      ->required();
  sub->add_option(
      "--as-of", options->as_of,
      "date of the file (2026-11-01), if its name has none; it shows the register at the "
      "end of the day before");
  sub->add_flag("--accept-cessations", options->bulk.accept_cessations,
                "believe the file, however many companies are gone from it");
  sub->add_flag("--again", options->bulk.again, "read the last file once more");
  sub->callback([&context, options] {
    absl::Status const status = run(*options);
    if (!status.ok()) context.fail(exit_of(status), std::string(status.message()));
  });
}

}  // namespace bellwether::cli
