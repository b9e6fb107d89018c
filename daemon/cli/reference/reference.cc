// bellwether reference: what needs no server. check: the reference files of a configuration;
// catalogue: the indicators, rules and measures.
#include <cstdio>
#include <memory>
#include <string>

#include "cli/context.h"
#include "cli/reference/catalogue.h"
#include "core/base/text.h"
#include "core/reference/review.h"
#include "runtime/setup/load.h"

namespace bellwether::cli {
namespace {

void check(Context& context, const std::string& path) {
  auto const config = runtime::load_config(path);
  if (!config.ok()) return context.fail(Exit::kUsage, base::from_absl(config.status().message()));
  auto const reference = runtime::load_reference(*config, path);
  if (!reference.ok())
    return context.fail(Exit::kFailure, base::from_absl(reference.status().message()));
  reference::Review const found = reference::review(*reference);
  for (const std::string& line : found.contents) std::printf("%s\n", line.c_str());
  for (const std::string& line : found.doubts) std::printf("doubtful: %s\n", line.c_str());
}

}  // namespace

void add_reference(CLI::App& app, Context& context) {
  auto* const reference =
      app.add_subcommand("reference", "reference files, and the catalogue of indicators and rules");
  reference->require_subcommand(1);
  auto* const command = reference->add_subcommand(
      "check",
      "name every fault of a configuration's reference files with its line, or say what "
      "they hold and what is doubtful");
  auto const path = std::make_shared<std::string>();
  command->add_option("--config", *path, "configuration of bellwetherd")->required();
  command->callback([&context, path] { check(context, *path); });
  auto* const table = reference->add_subcommand(
      "catalogue", "every indicator, rule and measure of this version, as Markdown");
  auto const unit = std::make_shared<std::string>("week");
  table->add_option("--calendar", *unit, "week or month: of the rules")
      ->check(CLI::IsMember({"week", "month"}))
      ->capture_default_str();
  table->callback([unit] {
    base::Calendar const calendar(*unit == "week" ? base::CalendarUnit::kWeek
                                                  : base::CalendarUnit::kMonth);
    std::fputs(catalogue(calendar).c_str(), stdout);
  });
}

}  // namespace bellwether::cli
