#include "core/base/calendar.h"

#include <chrono>  // only its calendar; nothing here reads a clock

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "core/base/floor_div.h"
#include "core/base/text.h"

namespace bellwether::base {
namespace {

constexpr int32_t kMondayBefore1970 = -3;  // 1969-12-29
// The instants of the years with four digits.
constexpr UnixMillis kFourDigitsBegin = start_of(Days(-719'528));  // 0000-01-01
constexpr UnixMillis kFourDigitsEnd = start_of(Days(2'932'897));   // 10000-01-01

struct IsoWeek {
  int year;
  int week;  // 1 … 53
};

// ISO 8601: a week belongs to the year that its Thursday is in.
IsoWeek iso_week(Days monday) {
  Days const thursday(monday.value + 3);
  int const year = civil_date(thursday).year;
  return {year, (thursday.value - days_from_civil(year, 1, 1).value) / 7 + 1};
}

// 52 or 53. 28 December is always in the last week.
int iso_weeks(int year) {
  Calendar const weeks(CalendarUnit::kWeek);
  return iso_week(weeks.first_day(weeks.period_of(days_from_civil(year, 12, 28)))).week;
}

int number(std::string_view digits) {
  int value = 0;
  for (char c : digits) value = value * 10 + (c - '0');
  return value;
}

}  // namespace

bool has_date_form(std::string_view text) {
  return text.size() == 10 && text[4] == '-' && text[7] == '-' && all_digits(text.substr(0, 4)) &&
         all_digits(text.substr(5, 2)) && all_digits(text.substr(8, 2));
}

Days days_from_civil(int year, int month, int day) {
  namespace ch = std::chrono;
  int const carry = floor_div(month - 1, 12);
  auto const m = static_cast<unsigned>(month - 12 * carry);
  ch::sys_days const first(ch::year_month_day(ch::year(year + carry), ch::month(m), ch::day(1)));
  return Days(first.time_since_epoch().count() + day - 1);
}

CivilDate civil_date(Days day) {
  namespace ch = std::chrono;
  ch::year_month_day const d{ch::sys_days(ch::days(day.value))};
  return {int{d.year()}, static_cast<int>(unsigned{d.month()}),
          static_cast<int>(unsigned{d.day()})};
}

absl::StatusOr<Days> parse_date(std::string_view text) {
  if (!has_date_form(text)) {
    return absl::InvalidArgumentError(cat("'", excerpt(text), "' is not a date; write YYYY-MM-DD"));
  }
  CivilDate const stated{number(text.substr(0, 4)), number(text.substr(5, 2)),
                         number(text.substr(8, 2))};
  if (stated.month < 1 || stated.month > 12) {
    return absl::InvalidArgumentError(
        cat("'", text, "' does not exist: months are 01 to 12; correct the month"));
  }
  Days const first = days_from_civil(stated.year, stated.month, 1);
  int const last = days_from_civil(stated.year, stated.month + 1, 1).value - first.value;
  if (stated.day < 1 || stated.day > last) {
    return absl::InvalidArgumentError(cat("'", text, "' does not exist: ", text.substr(0, 7),
                                          " has the days 01 to ", last, "; correct the day"));
  }
  return Days(first.value + stated.day - 1);
}

std::string format_date(Days day) {
  CivilDate const c = civil_date(day);
  return absl::StrFormat("%04d-%02d-%02d", c.year, c.month, c.day);
}

std::string format_instant(UnixMillis instant) {
  if (instant < kFourDigitsBegin) return "before 0000-01-01";
  if (instant >= kFourDigitsEnd) return "after 9999-12-31";
  Days const day = days_of(instant);
  int64_t const second = (instant.value - start_of(day).value) / 1000;
  return absl::StrFormat("%sT%02d:%02d:%02dZ", format_date(day), second / 3600, second / 60 % 60,
                         second % 60);
}

PeriodIndex Calendar::period_of(Days day) const {
  if (unit_ == CalendarUnit::kWeek) return PeriodIndex(floor_div(day.value - kMondayBefore1970, 7));
  CivilDate const c = civil_date(day);
  return PeriodIndex((c.year - 1970) * 12 + c.month - 1);
}

Days Calendar::first_day(PeriodIndex period) const {
  if (unit_ == CalendarUnit::kWeek) return Days(kMondayBefore1970 + 7 * period.value);
  return days_from_civil(1970, period.value + 1, 1);
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
  int32_t const year = floor_div(period.value, 12);
  return absl::StrFormat("%04d-%02d", 1970 + year, period.value - 12 * year + 1);
}

absl::StatusOr<PeriodIndex> Calendar::parse(std::string_view text) const {
  bool const begins_with_year = text.size() >= 7 && text[4] == '-' && all_digits(text.substr(0, 4));
  if (unit_ == CalendarUnit::kMonth) {
    if (!begins_with_year || text.size() != 7 || !all_digits(text.substr(5))) {
      return absl::InvalidArgumentError(
          cat("'", excerpt(text), "' is not a month; write YYYY-MM, for example 2019-05"));
    }
    int const month = number(text.substr(5));
    if (month >= 1 && month <= 12) {
      return PeriodIndex((number(text.substr(0, 4)) - 1970) * 12 + month - 1);
    }
    return absl::InvalidArgumentError(
        cat("'", text, "' does not exist: months are 01 to 12; correct the month"));
  }
  if (!begins_with_year || text.size() != 8 || text[5] != 'W' || !all_digits(text.substr(6))) {
    return absl::InvalidArgumentError(
        cat("'", excerpt(text), "' is not an ISO week; write YYYY-Www, for example 2019-W18"));
  }
  int const year = number(text.substr(0, 4));
  int const week = number(text.substr(6));
  int const weeks = iso_weeks(year);
  if (week >= 1 && week <= weeks) {
    // 4 January is always in week 1.
    return PeriodIndex(period_of(days_from_civil(year, 1, 4)).value + week - 1);
  }
  return absl::InvalidArgumentError(cat("'", text, "' does not exist: ", text.substr(0, 4), " has ",
                                        weeks, " ISO weeks, W01 to W", weeks,
                                        "; correct the week"));
}

}  // namespace bellwether::base
