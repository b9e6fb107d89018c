// Purpose: the state of a partition's log: its first and next offset, and its record at one offset.
// That record identifies the log, because a topic that was deleted and recreated has the same name,
// and librdkafka before 2.3 does not give the topic's id.
// Thread safety: functions without state. inspect_log() creates its own client and waits for the
// broker.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/kafka/client.h"
#include "adapters/kafka/consumer.h"
#include "core/base/log.h"
#include "core/base/log_place.h"

namespace bellwether::kafka {

using base::LogMark;
using base::LogPlace;
using base::LogState;

LogMark mark_of(const Record& record);

// The states of the logs at `places`, in the order of `places`. Errors: those of to_status();
// DeadlineExceeded.
absl::StatusOr<std::vector<LogState>> inspect_log(const ClientOptions& options,
                                                  const std::vector<LogPlace>& places,
                                                  absl::Duration wait, const base::LogFn& log);

}  // namespace bellwether::kafka
