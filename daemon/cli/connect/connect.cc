#include "cli/connect/connect.h"

#include <cstdio>

#include "absl/strings/str_format.h"
#include "cli/connect/commands.h"
#include "core/base/display.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::cli {

void add_connect_options(CLI::App& app, ConnectOptions& options) {
  add_kafka_options(app, options.kafka);
  app.add_option("--state", options.state,
                 "file in which the command remembers what it has said; it is created")
      ->required();
  app.add_flag("--dry-run", options.dry_run,
               "print what would be said; publish nothing and leave the state as it is");
}

absl::StatusOr<std::unique_ptr<ConnectRun>> ConnectRun::start(
    const ConnectOptions& options, std::string_view owner,
    const std::vector<domain::Topic>& topics) {
  if (options.dry_run) {
    BELLWETHER_ASSIGN_OR_RETURN(auto store, lmdb::Store::peek(options.state, owner));
    return std::make_unique<ConnectRun>(std::move(store), dry_run(), true);
  }
  BELLWETHER_ASSIGN_OR_RETURN(auto store, lmdb::Store::open(options.state, owner));
  BELLWETHER_ASSIGN_OR_RETURN(auto outlet, publisher(options.kafka, topics));
  return std::make_unique<ConnectRun>(std::move(store), std::move(outlet), false);
}

void ConnectRun::refuse(const connect::Refused& refused) {
  refusals_.add(refused);
  if (!dry_ && refusals_.total() > kRefusedShownMax) return;
  std::string const place =
      refused.line == 0 ? std::string(refused.file) : base::cat(refused.file, ":", refused.line);
  std::string const line =
      base::printable(base::cat("refused  ", place, ": ", refused.reason, ": ", refused.what));
  std::fprintf(dry_ ? stdout : stderr, "%s\n", line.c_str());
  if (!dry_ && refusals_.total() == kRefusedShownMax) {
    std::fprintf(stderr, "refused  further rows are only counted; --dry-run shows all\n");
  }
}

absl::Status ConnectRun::commit() {
  BELLWETHER_RETURN_IF_ERROR(outlet_->settle());
  return store_->commit();
}

absl::Status ConnectRun::commit_if_large() {
  return !dry_ && store_->changes_bytes() > kChangesBytesMax ? commit() : absl::OkStatus();
}

std::string ConnectRun::refusals_text() const {
  std::string text;
  for (const auto& [reason, count] : refusals_.by_reason()) {
    base::append(text, absl::StrFormat("%12s  refused: ", base::grouped(count)), reason, "\n");
  }
  return text;
}

void add_connect(CLI::App& app, Context& context) {
  CLI::App* const connect = app.add_subcommand(
      "connect", "publishes what a register or a desk has: files and services as events");
  connect->require_subcommand(1);
  connect->fallthrough();
  add_companies_house(*connect, context);
  add_table(*connect, context);
}

}  // namespace bellwether::cli
