// Purpose: a place in a partition's log, and what identifies the log: a topic that was deleted and
// recreated has the same name, but other records. Thread safety: values.
#pragma once

#include <cstdint>
#include <string>

namespace bellwether::base {

// A record, in short.
struct LogMark {
  int64_t offset = -1;  // −1: none
  int64_t timestamp_ms = -1;
  uint64_t digest = 0;  // of key and value
  friend bool operator==(const LogMark&, const LogMark&) = default;
};

struct LogPlace {
  std::string topic;
  int32_t partition = 0;
  int64_t offset = -1;  // < 0: only the ends of the log are asked for
};

struct LogState {
  int64_t low = 0;   // the first offset that is kept
  int64_t high = 0;  // the offset that comes next
  LogMark mark;      // of the record at the offset asked for; none if there is no such record
};

}  // namespace bellwether::base
