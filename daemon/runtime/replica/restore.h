// Purpose: finds the state from which a process starts: the newest snapshot that is complete, has
// this replica's identity and agrees with the log. It is this replica's own or another replica's.
// Without one, the process starts from the beginning of the log.
// Thread safety: one thread; waits for the disk and the broker.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "adapters/kafka/client.h"
#include "adapters/snapshot/store.h"
#include "core/base/log.h"
#include "core/reference/reference.h"
#include "runtime/replica/peer_transfer.h"

namespace bellwether::runtime {

struct Start {
  std::optional<snapshot::Restored> restored;  // nullopt: start from the log
  // "the snapshot of 2019-05", followed by "of peer ADDRESS" for a peer's snapshot; or "the log: "
  // and the reason.
  std::string from;
  double seconds = 0;  // time to read the snapshot
};

struct RestoreOptions {
  kafka::ClientOptions client;
  std::string journal_topic;
  snapshot::Identity identity;
  base::Calendar calendar{base::CalendarUnit::kWeek};
  int threads = 1;  // to read a snapshot
};

// Limit of peer snapshots that are taken and then refused. After that the log is folded.
inline constexpr int kPeerSnapshotsMax = 3;

// Every refused snapshot is logged with the reason. `peers`: null if there are none. Errors:
// Cancelled if the process stops; others if the broker does not report the state of the log, so try
// again.
absl::StatusOr<Start> restore(snapshot::Store& store, const RestoreOptions& options,
                              const reference::Reference& reference, PeerTransfer* peers,
                              const base::LogFn& log);

}  // namespace bellwether::runtime
