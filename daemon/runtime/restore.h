// Purpose: what a process starts from: the newest snapshot that is whole, belongs here and agrees with the log, else
// the log from its beginning.
// Thread safety: one thread; waits for the disk and the broker.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "kafka/client.h"
#include "reference/reference.h"
#include "snapshot/store.h"

namespace bellwether::runtime {

struct Start {
  std::optional<snapshot::Restored> restored;  // nullopt: the log
  std::string from;                            // "the snapshot of 2019-05", or "the log: " and why
  double seconds = 0;                          // that reading the snapshot took
};

struct RestoreOptions {
  kafka::ClientOptions client;
  std::string journal_topic;
  snapshot::Identity identity;
  base::Calendar calendar{base::CalendarUnit::kWeek};
};

// Every snapshot that is passed over is logged with the reason. Error: the broker does not say what is in the log; ask
// again.
absl::StatusOr<Start> restore(snapshot::Store& store, const RestoreOptions& options,
                              const reference::Reference& reference, const kafka::LogFn& log);

}  // namespace bellwether::runtime
