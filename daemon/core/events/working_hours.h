// Purpose: the time that an enquirer waits for a first response, in working hours: Monday to
// Friday, 09:00–17:00 UTC. Public holidays count as working days, because they differ between
// places.
// Thread safety: pure.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/calendar.h"
#include "core/events/event.h"

namespace bellwether::events {

inline constexpr int64_t kMillisPerHour = 3'600'000;
inline constexpr int64_t kWorkdayBeginMillis = 9 * kMillisPerHour;
inline constexpr int64_t kWorkdayMillis = 8 * kMillisPerHour;
inline constexpr int64_t kWorkdaysPerWeek = 5;

// Working time from Monday 1969-12-29 to `instant`, in milliseconds. Negative for earlier instants.
constexpr int64_t working_millis_until(UnixMillis instant) {
  Days const day = base::days_of(instant);
  int64_t const days = int64_t{day.value} + 3;
  int64_t const week = days >= 0 ? days / 7 : -((6 - days) / 7);
  int64_t const weekday = days - week * 7;
  int64_t const time_of_day = instant.value - base::start_of(day).value;
  int64_t const today =
      weekday < kWorkdaysPerWeek
          ? std::clamp<int64_t>(time_of_day - kWorkdayBeginMillis, 0, kWorkdayMillis)
          : 0;
  return (week * kWorkdaysPerWeek + std::min(weekday, kWorkdaysPerWeek)) * kWorkdayMillis + today;
}

// Working time between two instants, in milliseconds. REQUIRES: from ≤ to.
constexpr int64_t working_millis(UnixMillis from, UnixMillis to) {
  return working_millis_until(to) - working_millis_until(from);
}

// The value of Event::response_bucket, 1 … kResponseBuckets: the first bucket whose upper limit is
// at least the wait.
constexpr uint8_t response_bucket(int64_t wait_millis) {
  uint8_t bucket = 1;
  for (double const hours : kResponseHours) {
    if (static_cast<double>(wait_millis) <= hours * double{kMillisPerHour}) break;
    ++bucket;
  }
  return bucket;
}

}  // namespace bellwether::events
