// Two time zones by their law, and working time counted minute by minute.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/time/civil_time.h"
#include "core/base/calendar.h"
#include "core/base/time_zone.h"
#include "core/reference/working_hours.h"

namespace bellwether::testing {

// Singapore since 1982: UTC+8, without summer time.
inline base::TimeZone singapore() {
  return {"Asia/Singapore", 8 * 3'600, {}};
}

// London from 1996 on: summer time from the last Sunday of March to that of October, 01:00 UTC.
inline base::TimeZone london() {
  base::TimeZone zone{"Europe/London", 0, {}};
  for (int year = 1996; year < 2079; ++year) {
    for (auto const& [month, offset_s] : {std::pair{3, 3'600}, std::pair{10, 0}}) {
      absl::CivilDay day(year, month, 31);
      while (absl::GetWeekday(day) != absl::Weekday::sunday) --day;
      auto const date = base::days_from_civil(year, month, day.day());
      zone.changes.push_back({base::UnixMillis(base::start_of(date).value + 3'600'000), offset_s});
    }
  }
  return zone;
}

inline constexpr int64_t kMillisPerMinute = 60'000;

// True if the desk is open in the minute that begins at `instant`, where its clock differs from UTC
// by `offset_s`.
inline bool is_open(const reference::DeskHours& hours, base::UnixMillis instant, int64_t offset_s) {
  absl::CivilSecond const shown =
      absl::CivilSecond(1970, 1, 1) + (instant.value / 1'000 + offset_s);
  base::Days const date =
      base::days_from_civil(static_cast<int>(shown.year()), shown.month(), shown.day());
  if (std::ranges::find(hours.closed, date) != hours.closed.end()) return false;
  auto const weekday = static_cast<size_t>(absl::GetWeekday(absl::CivilDay(shown)));  // 0: Monday
  int const minute = shown.hour() * 60 + shown.minute();
  return std::ranges::any_of(hours.open[weekday], [&](reference::OpenSpan span) {
    return span.begin <= minute && minute < span.end;
  });
}

// The open minutes from `from` to `to`. `offset_at`: instant → offset in seconds.
template <class OffsetAt>
int64_t counted_minutes(const reference::DeskHours& hours, base::UnixMillis from,
                        base::UnixMillis to, OffsetAt offset_at) {
  int64_t minutes = 0;
  for (base::UnixMillis t = from; t < to; t.value += kMillisPerMinute)
    minutes += is_open(hours, t, offset_at(t)) ? 1 : 0;
  return minutes;
}

}  // namespace bellwether::testing
