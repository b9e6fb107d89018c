// Purpose: the baseline for a series too young for a seasonal one. It is the mean and the scatter
// of the latest periods, as in the Early Aberration Reporting System (EARS; Hutwagner, Thompson,
// Seeman & Treadwell 2003, Journal of Urban Health 80, i89–i96), used with both tails of a count
// distribution.
// Two departures from EARS save false alarms (README.md, "Young series"). First, tails are
// Student's, because the scatter is estimated from few periods. Second, the unknown season is
// allowed for: by an additional variance until the same period of the year before can be assessed,
// then by the deviation of that period.
// Invariants: no change point rests on this baseline, and no alert turns red because of it.
// Thread safety: pure; allocates nothing.
#pragma once

#include <span>

#include "core/base/calendar.h"
#include "core/detection/farrington.h"
#include "core/detection/series.h"

namespace bellwether::detection {

struct ColdStartOptions {
  int periods = 26;  // the baseline: the latest periods before the guard, or all of them if there
                     // are fewer
  int periods_min = 8;
  int guard = 4;           // periods directly before the target that the baseline leaves out
  int year_periods = 52;   // distance to the same season of the year before
  double season_sd = 0.2;  // allowance for the unknown season: standard deviation of the logarithm
  static ColdStartOptions for_calendar(base::Calendar calendar);
  // The number of periods before a target that its baseline can use.
  int reach() const { return year_periods + guard + periods; }
};

// The baseline of `target`. It leaves out the series' gaps, its closed periods and those in
// `excluded`.
// kShortHistory if fewer than periods_min periods remain.
Baseline fit_recent(const CountSeries& series, base::PeriodIndex target,
                    std::span<const PeriodRange> excluded, const ColdStartOptions& options);

}  // namespace bellwether::detection
