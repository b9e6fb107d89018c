#include "core/base/business_calendar.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "core/base/csv.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::base {
namespace {

constexpr Calendar kWeeks(CalendarUnit::kWeek);  // they begin on Monday
constexpr int32_t kWorkdaysPerWeek = 5;

bool is_workday(Days day) {
  return day.value - kWeeks.first_day(kWeeks.period_of(day)).value < kWorkdaysPerWeek;
}

// Mondays to Fridays from the Monday of the week 0 to the day before `day`.
int32_t workdays_until(Days day) {
  PeriodIndex const week = kWeeks.period_of(day);
  int32_t const weekday = day.value - kWeeks.first_day(week).value;
  return week.value * kWorkdaysPerWeek + std::min(weekday, kWorkdaysPerWeek);
}

// The days of a period: first … end − 1.
struct Span {
  Days first;
  Days end;
};
Span days_of_period(Calendar calendar, PeriodIndex period) {
  return {calendar.first_day(period), calendar.first_day(PeriodIndex(period.value + 1))};
}

// `days` are ascending.
int32_t count_within(const std::vector<Days>& days, Span span) {
  auto const begin = std::ranges::lower_bound(days, span.first);
  return static_cast<int32_t>(std::lower_bound(begin, days.end(), span.end) - begin);
}

// Sum over the feasts of the part of the days feast + from … feast + from + length − 1 in `span`.
double share_within(const std::vector<Days>& feasts, Span span, int32_t from, int32_t length) {
  // The feasts with at least one of these days in the span.
  Days const earliest(span.first.value - from - length + 1);
  int32_t days = 0;
  for (auto feast = std::ranges::lower_bound(feasts, earliest);
       feast != feasts.end() && feast->value + from < span.end.value; ++feast) {
    int32_t const first = feast->value + from;
    days += std::min(span.end.value, first + length) - std::max(span.first.value, first);
  }
  return static_cast<double>(days) / length;
}

std::vector<Days> workdays_of(const std::vector<Days>& days) {
  std::vector<Days> out;
  std::ranges::copy_if(days, std::back_inserter(out), is_workday);
  return out;
}

std::vector<Days> union_of(const std::vector<Days>& a, const std::vector<Days>& b) {
  std::vector<Days> out;
  std::ranges::set_union(a, b, std::back_inserter(out));
  return out;
}

absl::Status check(std::string_view what, const std::vector<Days>& days) {
  if (std::ranges::adjacent_find(days, std::greater_equal<>()) != days.end())
    return absl::InvalidArgumentError(cat(what, ": the days are not in ascending order"));
  if (!days.empty() && !(is_special_day(days.front()) && is_special_day(days.back()))) {
    return absl::InvalidArgumentError(cat(what, ": all days must be from ", kSpecialYearFirst,
                                          "-01-01 to ", kSpecialYearLast, "-12-31"));
  }
  return absl::OkStatus();
}

// Adds the day of a row. Returns what is wrong with the row and how to correct it; empty if
// nothing.
std::string add_row(const CsvRow& row, SpecialDays& to) {
  auto const day = parse_date(row[0]);
  if (!day.ok()) return cat("date ", day.status().message());
  if (!is_special_day(*day)) {
    return cat("date ", row[0], " must be from ", kSpecialYearFirst, "-01-01 to ", kSpecialYearLast,
               "-12-31");
  }
  auto const effect = std::ranges::find(kDayEffectNames, row[1]);
  if (effect == kDayEffectNames.end()) {
    return cat("effect '", row[1], "' is not known; write holiday, closure or feast");
  }
  to.of(static_cast<DayEffect>(effect - kDayEffectNames.begin())).push_back(*day);
  return "";
}

}  // namespace

bool is_special_day(Days day) {
  return days_from_civil(kSpecialYearFirst, 1, 1) <= day &&
         day < days_from_civil(kSpecialYearLast + 1, 1, 1);
}

absl::StatusOr<SpecialDays> parse_special_days(std::string_view csv, std::string_view file) {
  BELLWETHER_ASSIGN_OR_RETURN(std::vector<CsvRow> const rows,
                              parse_csv(csv, file, {"date", "effect"}, {"name"}));
  LineErrors errors(file);
  if (rows.size() > kSpecialDaysMax) {
    errors.add(rows[kSpecialDaysMax].line,
               cat("more than ", kSpecialDaysMax, " days; remove the oldest"));
    return errors.status();
  }
  SpecialDays days;
  std::map<std::pair<std::string_view, std::string_view>, int> lines;
  for (const CsvRow& row : rows) {
    auto const [seen, is_new] = lines.try_emplace({row[0], row[1]}, row.line);
    std::string const wrong =
        is_new ? add_row(row, days)
               : cat(row[0], " is a ", row[1], " in line ", seen->second, " already; remove one");
    if (!wrong.empty()) errors.add(row.line, wrong);
  }
  BELLWETHER_RETURN_IF_ERROR(errors.status());
  for (auto* const each : {&days.holidays, &days.closures, &days.feasts}) std::ranges::sort(*each);
  return days;
}

SpecialDays united(const SpecialDays& a, const SpecialDays& b) {
  return {union_of(a.holidays, b.holidays), union_of(a.closures, b.closures),
          union_of(a.feasts, b.feasts)};
}

absl::StatusOr<BusinessCalendar> BusinessCalendar::make(SpecialDays days) {
  if (days.size() > kSpecialDaysMax) {
    return absl::InvalidArgumentError(
        cat(days.size(), " days; at most ", kSpecialDaysMax, ": remove the oldest"));
  }
  BELLWETHER_RETURN_IF_ERROR(check("holidays", days.holidays));
  BELLWETHER_RETURN_IF_ERROR(check("closures", days.closures));
  BELLWETHER_RETURN_IF_ERROR(check("feasts", days.feasts));
  return BusinessCalendar(std::move(days));
}

BusinessCalendar::BusinessCalendar(SpecialDays days)
    : days_(std::move(days)),
      weekdays_off_(workdays_of(union_of(days_.holidays, days_.closures))),
      weekdays_closed_(workdays_of(days_.closures)) {}

std::optional<Days> BusinessCalendar::first_day() const {
  std::optional<Days> first;
  for (const auto* const each : {&days_.holidays, &days_.closures, &days_.feasts}) {
    if (!each->empty()) first = std::min(first.value_or(each->front()), each->front());
  }
  return first;
}
std::optional<Days> BusinessCalendar::last_day() const {
  std::optional<Days> last;
  for (const auto* const each : {&days_.holidays, &days_.closures, &days_.feasts}) {
    if (!each->empty()) last = std::max(last.value_or(each->back()), each->back());
  }
  return last;
}

int BusinessCalendar::business_days(Calendar calendar, PeriodIndex period) const {
  Span const span = days_of_period(calendar, period);
  return workdays_until(span.end) - workdays_until(span.first) - count_within(weekdays_off_, span);
}

bool BusinessCalendar::closed(Calendar calendar, PeriodIndex period) const {
  return calendar.unit() == CalendarUnit::kWeek &&
         count_within(weekdays_closed_, days_of_period(calendar, period)) > 0;
}

double BusinessCalendar::feast_before(Calendar calendar, PeriodIndex period) const {
  return share_within(days_.feasts, days_of_period(calendar, period), -kFeastDaysBefore,
                      kFeastDaysBefore);
}

double BusinessCalendar::feast_after(Calendar calendar, PeriodIndex period) const {
  return share_within(days_.feasts, days_of_period(calendar, period), 0, kFeastDaysAfter);
}

}  // namespace bellwether::base
