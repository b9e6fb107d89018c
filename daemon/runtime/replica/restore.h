// Purpose: what a process starts from: the newest snapshot that is whole, belongs here and agrees
// with the log, its own or else another replica's; without one, the log from its beginning.
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
  std::optional<snapshot::Restored> restored;  // nullopt: the log
  // "the snapshot of 2019-05", with "of peer ADDRESS" behind it where it is; "the log: " and why.
  std::string from;
  double seconds = 0;  // that reading the snapshot took
};

struct RestoreOptions {
  kafka::ClientOptions client;
  std::string journal_topic;
  snapshot::Identity identity;
  base::Calendar calendar{base::CalendarUnit::kWeek};
};

// Snapshots of others that are taken and then refused before the log is folded.
inline constexpr int kPeerSnapshotsMax = 3;

// Every snapshot that is passed over is logged with the reason. `peers`: null when there are none.
// Errors: Cancelled when the process stops, others when the broker does not say what is in the log;
// ask again.
absl::StatusOr<Start> restore(snapshot::Store& store, const RestoreOptions& options,
                              const reference::Reference& reference, PeerTransfer* peers,
                              const base::LogFn& log);

}  // namespace bellwether::runtime
