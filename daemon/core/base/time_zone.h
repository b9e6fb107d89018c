// Purpose: the clock of a place, as its offset from UTC over time. An adapter makes the table from
// the time zone database of the system, because the core reads no files.
// Thread safety: values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/calendar.h"

namespace bellwether::base {

// The clock shows UTC plus `offset_s` seconds from the instant `at` on.
struct OffsetChange {
  UnixMillis at;
  int32_t offset_s = 0;
  friend bool operator==(const OffsetChange&, const OffsetChange&) = default;
};

// By default UTC.
struct TimeZone {
  std::string name = "UTC";           // for people
  int32_t offset_s = 0;               // before the first change
  std::vector<OffsetChange> changes;  // ascending
  friend bool operator==(const TimeZone&, const TimeZone&) = default;
};

// No clock has ever differed from UTC by a day.
inline constexpr int32_t kOffsetSecondsMax = 24 * 3'600 - 1;

}  // namespace bellwether::base
