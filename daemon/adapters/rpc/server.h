// Purpose: the gRPC server: indicators, alerts, forecasts and status from published views;
// snapshots for other replicas; health and reflection. Human acts are passed to Backend::append and
// are answered once this replica has folded them.
// Thread safety: all public functions may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/rpc/access.h"
#include "adapters/rpc/limits.h"
#include "adapters/rpc/snapshots.h"
#include "adapters/rpc/watchers.h"
#include "bellwether/status/v1/status.pb.h"
#include "core/alerts/entry.h"
#include "core/base/ids.h"
#include "core/engine/judgement.h"
#include "core/engine/revision.h"
#include "core/engine/view.h"

namespace bellwether::rpc {

// The functions of the process that the services need. All may be called from any thread. append
// waits for the journal, status waits a short time for the ledgers, the others are cheap.
struct Backend {
  std::function<std::shared_ptr<const engine::View>()> view;
  // The view of an earlier revision. May take as long as the panel needs to go back. Errors:
  // OutOfRange, with the revisions that can be asked; Unavailable if this replica is not so far;
  // ResourceExhausted.
  std::function<absl::StatusOr<std::shared_ptr<const engine::View>>(const engine::AsOfRevision&)>
      as_of;
  // Sets the fields of GetStatus about the process. The view and the watchers give the other
  // fields.
  std::function<void(status::v1::GetStatusResponse&)> status;
  // Appends a human act to the journal and waits until this replica has folded it. Errors:
  // DeadlineExceeded, Unavailable (no broker), FailedPrecondition (refused by the fold, with the
  // reason).
  std::function<absl::StatusOr<base::JournalOffset>(const alerts::JournalEntry&,
                                                    absl::Time deadline)>
      append;
  std::function<base::UnixMillis()> now;
  // True once the journal was read to its end after the start. Until then the view may lack entries
  // that other replicas have served.
  std::function<bool()> journal_read = [] { return true; };
  // Waits until this replica has read more of the journal than `read`, or for `most`. Empty: no
  // more is ever read.
  std::function<void(base::JournalOffset read, absl::Duration most)> wait_for_news;
  // A transition of this journal record was written to a watcher, which had watched before the
  // record was folded here.
  std::function<void(base::JournalOffset)> transition_sent = [](base::JournalOffset) {};
  // The tick of the view that as_of gives, and what it was judged from; nullopt asks about the last
  // tick. Errors as of as_of.
  std::function<absl::StatusOr<engine::JudgedTick>(const std::optional<engine::AsOfRevision>&)>
      judged_tick;
  SnapshotBackend snapshots;  // empty functions: other replicas get no snapshots
};

struct ServerOptions {
  std::string address = "0.0.0.0:7443";  // host:port; port 0 takes a free port
  int watchers_max = 10'000;
  double transfer_bytes_per_second = 50e6;  // for snapshots, shared by all replicas that fetch
  // After it (± 10 %) a connection takes no new call, and the client opens another one. Calls end.
  absl::Duration connection_age_max = absl::InfiniteDuration();
  absl::Duration export_stall_max =
      absl::Seconds(60);  // the time in which a client must take a message
  Access access = allow_everything();
};

// A method of our services.
struct Method {
  std::string service;   // "bellwether.status.v1.StatusService"
  std::string name;      // "GetStatus"; unique over all services
  bool streams = false;  // it answers with a stream
};
// Sorted by name. Health and reflection are not among them.
const std::vector<Method>& methods();

// Called for every finished call. `code`: a grpc::StatusCode. `seconds`: of a stream, its whole
// time.
using CallObserver = std::function<void(const Method& method, int code, double seconds)>;

class Server {
 public:
  // Error: Unavailable if the address cannot be bound (a second daemon on one port).
  static absl::StatusOr<std::unique_ptr<Server>> start(const ServerOptions& options,
                                                       Backend backend, CallObserver observer);
  ~Server();

  int port() const;
  // Health of all services: serving only if caught up.
  void set_serving(bool serving);
  // A new view was published: wakes the watchers. Cheap.
  void notify();
  WatcherCounts watchers() const;
  TransferCounts transfers() const;
  // Sets health to not serving. Watchers and transfers end with UNAVAILABLE and the advice to
  // continue elsewhere. Other calls in flight may finish until `deadline`.
  void stop(absl::Time deadline);

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace bellwether::rpc
