#include "cli/connect/connect.h"

#include <cstdio>

#include "absl/strings/str_format.h"
#include "cli/connect/commands.h"
#include "core/base/display.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::cli {

constexpr int kPortMax = 65'535;

void add_connect_options(CLI::App& app, ConnectOptions& options) {
  add_kafka_options(app, options.kafka);
  app.add_option("--state", options.state,
                 "file in which the command remembers what it has said; it is created")
      ->required();
  app.add_flag("--dry-run", options.dry_run,
               "print what would be said; publish nothing and leave the state as it is");
  app.add_option("--metrics-port", options.metrics_port,
                 "serve /metrics, /healthz and /readyz on this port; 0 = a free one")
      ->check(CLI::Range(0, kPortMax));
}

namespace {

// Counts what another outlet says.
class CountingOutlet : public Outlet {
 public:
  CountingOutlet(std::unique_ptr<Outlet> outlet, ConnectMetrics& metrics)
      : outlet_(std::move(outlet)), metrics_(metrics) {}
  absl::Status say(const connect::Said& said) override {
    ++said_;
    metrics_.said(said.topic);
    return outlet_->say(said);
  }
  absl::Status heartbeat(domain::Topic topic, std::string_view source,
                         base::UnixMillis complete_to) override {
    return outlet_->heartbeat(topic, source, complete_to);
  }
  absl::Status settle() override { return outlet_->settle(); }
  std::string destination() const override { return outlet_->destination(); }

 private:
  std::unique_ptr<Outlet> const outlet_;
  ConnectMetrics& metrics_;
};

// A note of the state.
constexpr char kDestinationNote[] = "destination";

// What the state says was said must be where the records go now.
absl::Status check_destination(const std::string& path, const Outlet& outlet, lmdb::Store& store) {
  std::string const before = store.note(kDestinationNote);
  std::string const now = outlet.destination();
  if (!before.empty() && before != now) {
    return absl::FailedPreconditionError(
        base::cat(path, ": this state is of what was published to ", before, ", not to ", now,
                  "; name the same brokers and topics, or begin with an empty --state: then all is "
                  "said again"));
  }
  store.set_note(kDestinationNote, now);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<ConnectMetrics>> serve_metrics(std::optional<int> port) {
  if (!port) return nullptr;
  auto metrics = std::make_unique<ConnectMetrics>();
  BELLWETHER_RETURN_IF_ERROR(metrics->serve(*port));
  std::fprintf(stderr, "serves /metrics on port %d\n", metrics->port());
  return metrics;
}

}  // namespace

void ConnectRun::watch(std::unique_ptr<ConnectMetrics> metrics) {
  if (metrics == nullptr) return;
  metrics_ = std::move(metrics);
  outlet_ = std::make_unique<CountingOutlet>(std::move(outlet_), *metrics_);
}

absl::StatusOr<std::unique_ptr<ConnectRun>> ConnectRun::start(
    const ConnectOptions& options, std::string_view owner,
    const std::vector<domain::Topic>& topics) {
  BELLWETHER_ASSIGN_OR_RETURN(auto metrics, serve_metrics(options.metrics_port));
  std::unique_ptr<ConnectRun> run;
  if (options.dry_run) {
    BELLWETHER_ASSIGN_OR_RETURN(auto store, lmdb::Store::peek(options.state, owner));
    run = std::make_unique<ConnectRun>(std::move(store), dry_run(), true);
  } else {
    BELLWETHER_ASSIGN_OR_RETURN(auto store, lmdb::Store::open(options.state, owner));
    BELLWETHER_ASSIGN_OR_RETURN(auto outlet, publisher(options.kafka, topics));
    BELLWETHER_RETURN_IF_ERROR(check_destination(options.state, *outlet, *store));
    run = std::make_unique<ConnectRun>(std::move(store), std::move(outlet), false);
  }
  run->watch(std::move(metrics));
  return run;
}

void ConnectRun::refuse(const connect::Refused& refused) {
  refusals_.add(refused);
  if (metrics_ != nullptr) metrics_->refused(refused.reason);
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
  BELLWETHER_RETURN_IF_ERROR(store_->commit());
  if (metrics_ != nullptr) metrics_->committed(wall_clock().value);
  return absl::OkStatus();
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
