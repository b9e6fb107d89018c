// The two calendars, and short names for dates.
#pragma once

#include "core/base/calendar.h"

namespace bellwether::testing {

inline constexpr base::Calendar kMonths(base::CalendarUnit::kMonth);
inline constexpr base::Calendar kWeeks(base::CalendarUnit::kWeek);

// Months and days beyond their range run on into the next year or month.
inline base::Days day(int year, int month, int day_of_month) {
  return base::days_from_civil(year, month, day_of_month);
}
inline base::UnixMillis midnight(base::Days day) {
  return base::start_of(day);
}

}  // namespace bellwether::testing
