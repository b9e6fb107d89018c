#include "base/calendar.h"

#include "absl/status/status.h"
#include "base/text.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"

namespace bellwether::base {
namespace {

constexpr int32_t kMondayBefore1970 = -3;  // 1969-12-29

int32_t floor_div(int32_t a, int32_t b) { return a / b - (a % b != 0 && (a % b < 0) != (b < 0)); }

absl::CivilDay civil(Days day) { return absl::CivilDay(1970, 1, 1) + day.value; }
Days from_civil(absl::CivilDay day) {
  return Days(static_cast<int32_t>(day - absl::CivilDay(1970, 1, 1)));
}

struct IsoWeek {
  int64_t year;
  int week;  // 1 … 53
};

// ISO 8601: a week belongs to the year that its Thursday is in.
IsoWeek iso_week(Days monday) {
  absl::CivilDay const thursday = civil(Days(monday.value + 3));
  absl::CivilDay const new_year(thursday.year(), 1, 1);
  return {thursday.year(), static_cast<int>((thursday - new_year) / 7) + 1};
}

bool all_digits(std::string_view text) {
  for (char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return !text.empty();
}

int number(std::string_view digits) {
  int value = 0;
  for (char c : digits) value = value * 10 + (c - '0');
  return value;
}

}  // namespace

Days days_from_civil(int year, int month, int day) {
  return from_civil(absl::CivilDay(year, month, day));
}

absl::StatusOr<Days> parse_date(std::string_view text) {
  if (text.size() == 10 && text[4] == '-' && text[7] == '-' && all_digits(text.substr(0, 4)) &&
      all_digits(text.substr(5, 2)) && all_digits(text.substr(8, 2))) {
    int const year = number(text.substr(0, 4));
    int const month = number(text.substr(5, 2));
    int const day = number(text.substr(8, 2));
    absl::CivilDay const normalised(year, month, day);
    if (normalised.year() == year && normalised.month() == month && normalised.day() == day) {
      return from_civil(normalised);
    }
  }
  return absl::InvalidArgumentError(cat("'", text, "' is not a date; write YYYY-MM-DD"));
}

std::string format_date(Days day) {
  absl::CivilDay const c = civil(day);
  return absl::StrFormat("%04d-%02d-%02d", c.year(), c.month(), c.day());
}

std::string format_instant(UnixMillis instant) {
  Days const day = days_of(instant);
  int64_t const second = (instant.value - start_of(day).value) / 1000;
  return absl::StrFormat("%sT%02d:%02d:%02dZ", format_date(day), second / 3600, second / 60 % 60,
                         second % 60);
}

PeriodIndex Calendar::period_of(Days day) const {
  if (unit_ == CalendarUnit::kWeek) return PeriodIndex(floor_div(day.value - kMondayBefore1970, 7));
  absl::CivilDay const c = civil(day);
  return PeriodIndex(static_cast<int32_t>((c.year() - 1970) * 12 + c.month() - 1));
}

Days Calendar::first_day(PeriodIndex period) const {
  if (unit_ == CalendarUnit::kWeek) return Days(kMondayBefore1970 + 7 * period.value);
  absl::CivilMonth const month = absl::CivilMonth(1970, 1) + period.value;
  return from_civil(absl::CivilDay(month));
}

int Calendar::season(PeriodIndex period) const {
  if (unit_ == CalendarUnit::kMonth) return period.value - floor_div(period.value, 12) * 12;
  int const week = iso_week(first_day(period)).week;
  return (week > 52 ? 52 : week) - 1;
}

std::string Calendar::name(PeriodIndex period) const {
  if (unit_ == CalendarUnit::kWeek) {
    IsoWeek const w = iso_week(first_day(period));
    return absl::StrFormat("%04d-W%02d", w.year, w.week);
  }
  absl::CivilMonth const month = absl::CivilMonth(1970, 1) + period.value;
  return absl::StrFormat("%04d-%02d", month.year(), month.month());
}

absl::StatusOr<PeriodIndex> Calendar::parse(std::string_view text) const {
  bool const digits_ok = text.size() >= 7 && text[4] == '-' && all_digits(text.substr(0, 4));
  if (unit_ == CalendarUnit::kMonth) {
    if (digits_ok && text.size() == 7 && all_digits(text.substr(5))) {
      int const month = number(text.substr(5));
      if (month >= 1 && month <= 12) {
        return PeriodIndex((number(text.substr(0, 4)) - 1970) * 12 + month - 1);
      }
    }
    return absl::InvalidArgumentError(
        cat("'", text, "' is not a month; write YYYY-MM, for example 2019-05"));
  }
  if (digits_ok && text.size() == 8 && text[5] == 'W' && all_digits(text.substr(6))) {
    int const year = number(text.substr(0, 4));
    int const week = number(text.substr(6));
    // 4 January is always in week 1.
    PeriodIndex const first = period_of(days_from_civil(year, 1, 4));
    PeriodIndex const period(first.value + week - 1);
    if (week >= 1 && week <= 53 && name(period) == text) return period;
  }
  return absl::InvalidArgumentError(
      cat("'", text, "' is not an ISO week; write YYYY-Www, for example 2019-W18"));
}

}  // namespace bellwether::base
