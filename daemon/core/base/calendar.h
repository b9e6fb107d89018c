// Purpose: days, instants, and the periods in which facts are counted. All are in UTC.
// A deployment has one calendar: ISO weeks (Monday to Sunday) or months.
// Thread safety: values. Nothing here reads a clock.
#pragma once

#include <compare>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/base/ids.h"

namespace bellwether::base {

using Days = Id<struct DaysTag, int32_t>;           // since 1970-01-01
using UnixMillis = Id<struct MillisTag, int64_t>;   // since 1970-01-01T00:00:00Z
using PeriodIndex = Id<struct PeriodTag, int32_t>;  // 0 = the period that contains 1970-01-01

inline constexpr int64_t kMillisPerDay = 86'400'000;

constexpr Days days_of(UnixMillis instant) {
  int64_t const d = instant.value >= 0 ? instant.value / kMillisPerDay
                                       : -((-instant.value + kMillisPerDay - 1) / kMillisPerDay);
  return Days(static_cast<int32_t>(d));
}
constexpr UnixMillis start_of(Days day) {
  return UnixMillis(day.value * kMillisPerDay);
}

// 2079-01-01. No record states this instant or a later one.
inline constexpr UnixMillis kInstantEnd(39'812 * kMillisPerDay);

// A month or day outside its range carries over: month 13 is January of the next year.
Days days_from_civil(int year, int month, int day);
struct CivilDate {
  int year = 1970;
  int month = 1;  // 1 … 12
  int day = 1;    // 1 … 31
  friend bool operator==(CivilDate, CivilDate) = default;
};
CivilDate civil_date(Days day);
// True if `text` has exactly the form YYYY-MM-DD in digits, whether or not such a day exists.
bool has_date_form(std::string_view text);
// Parses "2019-05-03". Error: InvalidArgument if the form is not exactly YYYY-MM-DD, or if the day
// does not exist. The message says which of the two, and the days that exist.
absl::StatusOr<Days> parse_date(std::string_view text);
std::string format_date(Days day);
// Returns "2019-05-03T14:00:05Z". Rounds down to whole seconds. Outside the years 0000 … 9999 it
// returns "before 0000-01-01" or "after 9999-12-31".
std::string format_instant(UnixMillis instant);

enum class CalendarUnit : uint8_t { kWeek, kMonth };
// "week" or "month". Configurations, snapshots and texts for people contain these words.
constexpr std::string_view name(CalendarUnit unit) {
  return unit == CalendarUnit::kWeek ? "week" : "month";
}
// Inverse of name(). nullopt for any other word.
constexpr std::optional<CalendarUnit> calendar_unit(std::string_view word) {
  for (CalendarUnit unit : {CalendarUnit::kWeek, CalendarUnit::kMonth}) {
    if (word == name(unit)) return unit;
  }
  return std::nullopt;
}

class Calendar {
 public:
  constexpr explicit Calendar(CalendarUnit unit) : unit_(unit) {}

  CalendarUnit unit() const { return unit_; }
  // Length of the seasonal cycle in periods: 52 weeks or 12 months. A year may have a 53rd week.
  int periods_per_year() const { return unit_ == CalendarUnit::kWeek ? 52 : 12; }
  // Periods in four weeks. Rules compare the expected count of four weeks with a minimum.
  int periods_in_four_weeks() const { return unit_ == CalendarUnit::kWeek ? 4 : 1; }

  PeriodIndex period_of(Days day) const;
  Days first_day(PeriodIndex period) const;
  // The instant at which `period` ends. The tick at this instant evaluates `period`.
  UnixMillis end_of(PeriodIndex period) const {
    return start_of(first_day(PeriodIndex(period.value + 1)));
  }
  // The last period that has ended at `instant`.
  PeriodIndex last_complete(UnixMillis instant) const {
    return PeriodIndex(period_of(days_of(instant)).value - 1);
  }
  // Season of a period, 0 … periods_per_year() − 1: the month of the year minus 1, or the ISO week
  // minus 1. Week 53 has the season of week 52.
  int season(PeriodIndex period) const;

  // "2019-05" or "2019-W18".
  std::string name(PeriodIndex period) const;
  // Inverse of name(). Error: InvalidArgument. If the form is wrong, the message states the form
  // that this calendar uses; if there is no such period, the periods of that year.
  absl::StatusOr<PeriodIndex> parse(std::string_view name) const;

  friend bool operator==(Calendar, Calendar) = default;

 private:
  CalendarUnit unit_;
};

}  // namespace bellwether::base
