// Purpose: the state of a partition's log: where it begins and ends, and its record at one offset,
// which identifies it. A topic that was deleted and recreated has the same name, and librdkafka
// before 2.3 does not give its id. Thread safety: functions without state; inspect_log() makes a
// client of its own and waits for the broker.
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

// The logs at these places, in their order. Errors: those of to_status(); DeadlineExceeded.
absl::StatusOr<std::vector<LogState>> inspect_log(const ClientOptions& options,
                                                  const std::vector<LogPlace>& places,
                                                  absl::Duration wait, const base::LogFn& log);

}  // namespace bellwether::kafka
