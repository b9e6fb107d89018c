// Purpose: to know a partition's log again: where it begins and ends, and by its record at one
// offset. A topic that was deleted and made anew has the same name, and librdkafka before 2.3 does
// not tell its id. Thread safety: functions without state; inspect_log() makes a client of its own
// and waits for the broker.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/kafka/client.h"
#include "adapters/kafka/consumer.h"
#include "core/base/log.h"

namespace bellwether::kafka {

// A record, in short.
struct LogMark {
  int64_t offset = -1;  // −1: none
  int64_t timestamp_ms = -1;
  uint64_t digest = 0;  // of key and value
  friend bool operator==(const LogMark&, const LogMark&) = default;
};
LogMark mark_of(const Record& record);

struct LogPlace {
  std::string topic;
  int32_t partition = 0;
  int64_t offset = -1;  // < 0: the ends alone
};
struct LogSight {
  int64_t low = 0;   // the first offset that is kept
  int64_t high = 0;  // the offset that comes next
  LogMark mark;      // of the record at the offset asked for; none where there is none
};

// What stands at these places, in their order. Errors: those of to_status(); DeadlineExceeded.
absl::StatusOr<std::vector<LogSight>> inspect_log(const ClientOptions& options,
                                                  const std::vector<LogPlace>& places,
                                                  absl::Duration wait, const base::LogFn& log);

}  // namespace bellwether::kafka
