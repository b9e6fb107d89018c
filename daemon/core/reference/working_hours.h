// Purpose: the working hours of a support desk, and the working time between two instants. The desk
// is open at an instant if its clock shows an open hour of a day on which it works. So an hour that
// its clock shows twice, as in autumn, counts twice.
// Invariants: everything that costs time is computed once, at the construction.
// Thread safety: immutable; pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/calendar.h"
#include "core/base/time_zone.h"

namespace bellwether::reference {

using base::Days;
using base::UnixMillis;

inline constexpr size_t kWeekdays = 7;
inline constexpr std::array<std::string_view, kWeekdays> kWeekdayNames = {
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

// A day may have breaks, so it may have several open spans.
inline constexpr size_t kOpenSpansMax = 4;
inline constexpr int32_t kMinutesPerDay = 24 * 60;

// In minutes after midnight of the desk's clock: begin … end − 1.
struct OpenSpan {
  int32_t begin = 0;
  int32_t end = 0;
  friend bool operator==(const OpenSpan&, const OpenSpan&) = default;
};
using OpenSpans = std::vector<OpenSpan>;

// What the operator states. By default Monday to Friday, 09:00–17:00 UTC, without holidays.
struct DeskHours {
  base::TimeZone zone;
  std::array<OpenSpans, kWeekdays> open = {OpenSpans{{9 * 60, 17 * 60}},
                                           {{9 * 60, 17 * 60}},
                                           {{9 * 60, 17 * 60}},
                                           {{9 * 60, 17 * 60}},
                                           {{9 * 60, 17 * 60}},
                                           {},
                                           {}};  // from Monday; ascending, disjoint
  std::vector<Days> closed;                      // dates of the desk's clock; ascending
  friend bool operator==(const DeskHours&, const DeskHours&) = default;
};

// Working time is known from 1970 to this instant.
inline constexpr UnixMillis kWorkingTimeEnd = base::kInstantEnd;

class WorkingHours {
 public:
  // REQUIRES: the spans, the closed days and the zone's changes are ascending, each day has at most
  // kOpenSpansMax spans within 0 … kMinutesPerDay, and no offset is beyond kOffsetSecondsMax.
  explicit WorkingHours(const DeskHours& hours);

  // In milliseconds. REQUIRES: 0 ≤ from ≤ to ≤ kWorkingTimeEnd.
  int64_t millis_between(UnixMillis from, UnixMillis to) const {
    return millis_until(to) - millis_until(from);
  }
  // Equal hours have equal digests, however they are stated: as another name of the zone, or with
  // holidays on days on which the desk does not work.
  uint64_t digest() const { return digest_; }
  // "Monday to Friday 09:00–17:00, time zone Europe/London, except 300 holidays from 1985-04-05 to
  // 2035-12-26".
  const std::string& text() const { return text_; }

 private:
  // In milliseconds after midnight UTC: begin … end − 1.
  struct Interval {
    int32_t begin_ms = 0;
    int32_t end_ms = 0;
    friend auto operator<=>(const Interval&, const Interval&) = default;
  };
  // Seconds since 1970: begin … end − 1.
  struct Opening {
    int64_t begin_s = 0;
    int64_t end_s = 0;
  };
  // Many days have the same intervals, which are stored once.
  struct UtcDay {
    uint32_t seconds_before = 0;  // working time before this day
    uint16_t first = 0;           // index of its first interval
    uint16_t count = 0;
  };

  static std::vector<Opening> openings_of(const DeskHours& hours);
  void put_days(std::span<const Opening> openings);

  // Working time from 1970 to `instant`.
  int64_t millis_until(UnixMillis instant) const {
    int64_t const number = instant.value / base::kMillisPerDay;
    UtcDay const day = days_[static_cast<size_t>(number)];
    int64_t const of_day = instant.value - number * base::kMillisPerDay;
    int64_t millis = int64_t{day.seconds_before} * 1'000;
    for (size_t i = day.first; i < size_t{day.first} + day.count; ++i) {
      Interval const open = intervals_[i];
      millis += std::clamp<int64_t>(of_day, open.begin_ms, open.end_ms) - open.begin_ms;
    }
    return millis;
  }

  std::vector<UtcDay> days_;  // from 1970-01-01 to that of kWorkingTimeEnd
  std::vector<Interval> intervals_;
  uint64_t digest_ = 1;
  std::string text_;
};

}  // namespace bellwether::reference
