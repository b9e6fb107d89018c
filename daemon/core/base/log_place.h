// Purpose: a position in a partition's log, and the mark that identifies the log. A topic that was
// deleted and recreated has the same name but other records. Thread safety: values.
#pragma once

#include <cstdint>
#include <string>

namespace bellwether::base {

// Identifies one record.
struct LogMark {
  int64_t offset = -1;  // −1: none
  int64_t timestamp_ms = -1;
  uint64_t digest = 0;  // of key and value
  friend bool operator==(const LogMark&, const LogMark&) = default;
};

struct LogPlace {
  std::string topic;
  int32_t partition = 0;
  int64_t offset = -1;  // < 0: only the low and high offsets of the log are requested
};

struct LogState {
  int64_t low = 0;   // the first offset that the broker still has
  int64_t high = 0;  // the offset of the next record to be written
  LogMark mark;      // of the record at the requested offset; none if there is no record there
};

}  // namespace bellwether::base
