// bellwether connect table: publishes any register, desk or statistics by a mapping.
#include <cstdio>
#include <memory>

#include "adapters/tzdata/tzdata.h"
#include "cli/connect/commands.h"
#include "cli/connect/connect.h"
#include "cli/connect/table_load.h"
#include "cli/text_file.h"
#include "connect/table/mapping_reader.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

struct TableCommand {
  ConnectOptions connect;
  TableOptions table;
  std::string mapping;
};

absl::Status run_table(TableCommand& command) {
  BELLWETHER_ASSIGN_OR_RETURN(std::string const yaml, read_text_file(command.mapping));
  BELLWETHER_ASSIGN_OR_RETURN(
      auto const mapping,
      connect::table::read_mapping(yaml, command.mapping, tzdata::read_time_zone));
  command.table.now = wall_clock();
  BELLWETHER_ASSIGN_OR_RETURN(
      auto const run, ConnectRun::start(command.connect, base::cat("table 1 of ", mapping.source),
                                        {mapping.topic}));
  auto const counts = load_tables(*run, mapping, command.table);
  std::string const refusals = run->refusals_text();
  std::string const text = base::cat(counts.ok() ? text_of(*counts, mapping) : "", refusals);
  std::fputs(text.c_str(), stdout);
  BELLWETHER_RETURN_IF_ERROR(counts.status());
  // A scheduler must notice that an export has changed its form.
  bool const used =
      counts->said + counts->repeated + counts->moved + counts->filtered + counts->old > 0;
  if (!used && !refusals.empty())
    return absl::InvalidArgumentError("every row was refused, for the reasons above");
  return absl::OkStatus();
}

}  // namespace

void add_table(CLI::App& app, Context& context) {
  CLI::App* const sub = app.add_subcommand(
      "table",
      "any register, desk or statistics as CSV or JSON lines, by a mapping (deploy/mappings)");
  sub->fallthrough();
  auto options = std::make_shared<TableCommand>();
  // A daemon consumes this topic only if its configuration names it; here a mapping asks for it.
  options->connect.kafka.topics[domain::Topic::kObservations] = "bellwether.observations";
  add_connect_options(*sub, options->connect);
  sub->add_option("--mapping", options->mapping, "what the columns mean, in YAML")->required();
  sub->add_option("sources", options->table.files, "the files, all of one shape")->required();
  sub->add_option("--as-of", options->table.as_of,
                  "when the files were published: a day (2026-11-30), or an instant "
                  "(2026-11-30T18:00:00Z)");
  sub->add_option("--register", options->table.register_list,
                  "CSV or zip of registered businesses, in which enquirers are found");
  sub->add_option("--review", options->table.review,
                  "file that gets the enquirers who were not found for sure, without names");
  sub->callback([&context, options] {
    absl::Status const status = run_table(*options);
    if (!status.ok()) context.fail(exit_of(status), std::string(status.message()));
  });
}

}  // namespace bellwether::cli
