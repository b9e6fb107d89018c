#include "core/detection/cold_start.h"

#include <algorithm>
#include <cmath>

namespace bellwether::detection {
namespace {

// The count without the calendar's effect.
double count(const CountSeries& series, int32_t period) {
  return static_cast<double>(count_at(series, period)) * std::exp(-offset_at(series, period));
}

// The baseline of the latest periods, without any allowance for the season.
Baseline fit_latest(const CountSeries& series, int32_t target,
                    std::span<const PeriodRange> excluded, const ColdStartOptions& o) {
  Baseline b;
  b.kind = BaselineKind::kRecent;
  int32_t const end = target - o.guard;
  int32_t const begin = std::max(series.first.value, end - o.periods);
  auto const left_out = [&](int32_t t) {
    return is_excluded(excluded, t) || is_gap(series, t) || is_closed(series, t);
  };
  double sum = 0;
  for (int32_t t = begin; t < end; ++t) {
    if (left_out(t)) continue;
    if (b.points == 0) b.oldest = base::PeriodIndex(t);
    b.newest = base::PeriodIndex(t);
    ++b.points;
    sum += count(series, t);
  }
  if (b.points < o.periods_min) {
    b.why = NotAssessed::kShortHistory;
    return b;
  }
  if (sum <= 0) {
    b.why = NotAssessed::kNothingExpected;
    return b;
  }
  double const mean = sum / b.points;
  double squares = 0;
  for (int32_t t = begin; t < end; ++t) {
    if (left_out(t)) continue;
    double const off = count(series, t) - mean;
    squares += off * off;
  }
  b.freedom = b.points - 1;
  b.log_expected = std::log(mean) + offset_at(series, target);
  b.expected = std::exp(b.log_expected);
  b.dispersion = std::max(1.0, squares / b.freedom / mean);
  // The delta method: var(log of a mean) = φ/(n μ).
  b.variance_of_eta = b.dispersion / (b.points * mean);
  return b;
}

}  // namespace

ColdStartOptions ColdStartOptions::for_calendar(base::Calendar calendar) {
  ColdStartOptions o;
  o.year_periods = calendar.periods_per_year();
  if (calendar.unit() == base::CalendarUnit::kMonth) {
    o.periods = 12;
    o.periods_min = 6;
    o.guard = 2;
  }
  return o;
}

Baseline fit_recent(const CountSeries& series, base::PeriodIndex target,
                    std::span<const PeriodRange> excluded, const ColdStartOptions& o) {
  Baseline b = fit_latest(series, target.value, excluded, o);
  if (b.why != NotAssessed::kNone) return b;
  int32_t const year_before = target.value - o.year_periods;
  if (year_before >= series.first.value && !is_excluded(excluded, year_before) &&
      !is_gap(series, year_before) && !is_closed(series, year_before)) {
    Baseline const then = fit_latest(series, year_before, excluded, o);
    if (then.why == NotAssessed::kNone) {
      b.kind = BaselineKind::kRecentAgainstYearBefore;
      b.year_before = deviate(then, count_at(series, year_before));
      return b;
    }
  }
  b.variance_of_eta += o.season_sd * o.season_sd;
  return b;
}

}  // namespace bellwether::detection
