// Purpose: what the commands of `bellwether connect` share: options, state, outlet, and what they
// tell of refused rows. A command reads its source, gives its rows and the state to the connector
// of daemon/connect, which is pure, and hands on what that says:
//
//   BELLWETHER_ASSIGN_OR_RETURN(auto run, ConnectRun::start(options, "owner 1", topics));
//   connector.row(..., run->store(), say, refuse);   // say = run->outlet().say()
//   run->commit_if_large();                          // after each row, or now and then
//   run->outlet().heartbeat(topic, source, complete_to);
//   run->commit();                                   // at the end
//
// The state is committed only after the broker has acknowledged what was said before. So a process
// that is killed at any moment says again what the state does not know yet, and loses nothing.
// Thread safety: one thread.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/lmdb/store.h"
#include "cli/broker/kafka_options.h"
#include "cli/connect/metrics.h"
#include "cli/connect/outlet.h"
#include "cli/context.h"
#include "connect/said.h"

namespace bellwether::cli {

// Changes of the state may take so much memory before they are written.
inline constexpr size_t kChangesBytesMax = size_t{384} << 20;
// So many refused rows are shown on standard error. On a dry run all are shown.
inline constexpr int64_t kRefusedShownMax = 20;

struct ConnectOptions {
  KafkaOptions kafka;
  std::string state;
  bool dry_run = false;
  std::optional<int> metrics_port;  // 0: a free one
};

// --brokers and the other options of Kafka, --state (required), --dry-run and --metrics-port.
void add_connect_options(CLI::App& app, ConnectOptions& options);

class ConnectRun {
 public:
  // `dry`: the outlet prints to standard output, and refused rows are shown there.
  ConnectRun(std::unique_ptr<lmdb::Store> store, std::unique_ptr<Outlet> outlet, bool dry)
      : dry_(dry), store_(std::move(store)), outlet_(std::move(outlet)) {}
  // `owner` names the connector and the format of its state (lmdb::Store::open). `topics`: those
  // to which the connector publishes. On a dry run the state is only read, and no broker is called.
  static absl::StatusOr<std::unique_ptr<ConnectRun>> start(
      const ConnectOptions& options, std::string_view owner,
      const std::vector<domain::Topic>& topics);

  lmdb::Store& store() { return *store_; }
  Outlet& outlet() { return *outlet_; }

  // Counts the row, and shows it: on a dry run among the records, otherwise on standard error.
  void refuse(const connect::Refused& refused);
  const connect::Refusals& refusals() const { return refusals_; }

  // Waits for the broker, then writes the state.
  absl::Status commit();
  // Does so only if the changes take more than kChangesBytesMax.
  absl::Status commit_if_large();

  // One line for each reason: "    12  unknown status". Nothing if no row was refused.
  std::string refusals_text() const;
  bool is_dry() const { return dry_; }

  // nullptr without --metrics-port.
  ConnectMetrics* metrics() { return metrics_.get(); }

 private:
  // Counts in `metrics` from now on.
  void watch(std::unique_ptr<ConnectMetrics> metrics);

  bool const dry_;
  std::unique_ptr<ConnectMetrics> metrics_;
  std::unique_ptr<lmdb::Store> store_;
  std::unique_ptr<Outlet> outlet_;
  connect::Refusals refusals_;
};

}  // namespace bellwether::cli
