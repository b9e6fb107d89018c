#include "analysis/period_scale.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "analysis/round_step.h"
#include "core/base/check.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::analysis {
namespace {

// The step 1, 2, 5, 10, 20, … times `unit` for which at most `most` steps span `length` ≥ 0.
int64_t step_of(int64_t length, int most, int64_t unit) {
  int64_t const steps = length / (unit * most) + 1;
  return unit * static_cast<int64_t>(std::llround(round_step(static_cast<double>(steps))));
}

std::vector<PeriodTick> ticks_by_year(const PeriodScale& scale, int first_year, int last_year,
                                      base::PeriodIndex first, base::PeriodIndex last, int most) {
  auto const step = static_cast<int>(step_of(last_year - first_year, most, 1));
  std::vector<PeriodTick> ticks;
  for (int year = first_year; year <= last_year; ++year) {
    // 4 January is always in the first ISO week.
    base::PeriodIndex const p = scale.calendar().period_of(base::days_from_civil(year, 1, 4));
    if (year % step == 0 && first <= p && p <= last)
      ticks.push_back({p, absl::StrFormat("%d", year)});
  }
  return ticks;
}

}  // namespace

PeriodScale PeriodScale::dated(base::CalendarUnit unit) {
  base::Calendar const calendar(unit);
  return {calendar, true, calendar.periods_per_year()};
}

PeriodScale PeriodScale::undated(int season) {
  BELLWETHER_CHECK(season >= 1 && season <= kSeasonMax);
  return {base::Calendar(base::CalendarUnit::kWeek), false, season};
}

base::Calendar PeriodScale::nearest_calendar() const {
  if (dated_) return calendar_;
  return base::Calendar(season_ < kSeasonLikeWeeks ? base::CalendarUnit::kMonth
                                                   : base::CalendarUnit::kWeek);
}

std::string_view PeriodScale::unit_name() const {
  if (!dated_) return "period";
  return base::name(calendar_.unit());
}

std::string PeriodScale::name(base::PeriodIndex period) const {
  return dated_ ? calendar_.name(period) : base::cat(period.value);
}

absl::StatusOr<base::PeriodIndex> PeriodScale::parse(std::string_view text) const {
  if (!dated_) {
    auto const number = base::parse_number<int32_t>(text);
    if (number && *number >= -kUndatedMax && *number <= kUndatedMax)
      return base::PeriodIndex(*number);
    return absl::InvalidArgumentError(
        base::cat("'", text, "' is not an undated period; write an integer, at most ", kUndatedMax,
                  " from 0, or name the calendar"));
  }
  if (!base::has_date_form(text)) return calendar_.parse(text);
  BELLWETHER_ASSIGN_OR_RETURN(base::Days const day, base::parse_date(text));
  base::PeriodIndex const period = calendar_.period_of(day);
  base::Days const first = calendar_.first_day(period);
  if (first == day) return period;
  return absl::InvalidArgumentError(base::cat("'", text, "' is not the first day of a ",
                                              unit_name(), "; write ", base::format_date(first),
                                              " or ", calendar_.name(period)));
}

absl::StatusOr<DatedPeriod> parse_dated(std::string_view name) {
  for (auto const unit : {base::CalendarUnit::kMonth, base::CalendarUnit::kWeek}) {
    base::Calendar const calendar(unit);
    if (name.size() != calendar.name(base::PeriodIndex()).size()) continue;
    BELLWETHER_ASSIGN_OR_RETURN(base::PeriodIndex const period, calendar.parse(name));
    return DatedPeriod{calendar, period};
  }
  return absl::InvalidArgumentError(
      base::cat("'", name, "' is not a period; write YYYY-MM or YYYY-Www"));
}

std::vector<PeriodTick> period_ticks(const PeriodScale& scale, base::PeriodIndex first,
                                     base::PeriodIndex last, int most) {
  most = std::max(2, most);
  if (scale.is_dated()) {
    base::Calendar const calendar = scale.calendar();
    int const first_year = base::civil_date(calendar.first_day(first)).year;
    int const last_year = base::civil_date(calendar.first_day(last)).year + 1;
    auto ticks = ticks_by_year(scale, first_year, last_year, first, last, most);
    if (ticks.size() >= 3) return ticks;
  }
  int64_t const length = int64_t{last.value} - first.value;
  bool const months = scale.is_dated() && scale.calendar().unit() == base::CalendarUnit::kMonth;
  // Names of dated periods are longer than years.
  int const named_most = scale.is_dated() ? std::max(2, most * 2 / 3) : most;
  int64_t const step = step_of(length, named_most, months && length >= named_most ? 3 : 1);
  std::vector<PeriodTick> ticks;
  int64_t const from = (first.value + (first.value > 0 ? step - 1 : 0)) / step * step;
  for (int64_t p = from; p <= last.value; p += step) {
    base::PeriodIndex const period(static_cast<int32_t>(p));
    ticks.push_back({period, scale.name(period)});
  }
  return ticks;
}

}  // namespace bellwether::analysis
