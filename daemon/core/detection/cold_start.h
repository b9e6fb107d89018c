// Purpose: the baseline for a series too young for a seasonal one: the mean and the scatter of its
// latest periods, as the Early Aberration Reporting System has it (Hutwagner, Thompson, Seeman &
// Treadwell 2003, Journal of Urban Health 80, i89–i96), for the tails of a count distribution on
// either side. Departures from EARS, each for the false alarms that it saves
// (README.md, "Young series"): Student's tails, because the scatter is estimated from few periods;
// and the season, which nobody knows yet, is allowed for: as a spread of its own until the same
// period of the year before can be looked at, then by what that period was off. Invariants: no
// change point rests on this, and no alert is red by it. Thread safety: pure; allocates nothing.
#pragma once

#include <span>

#include "core/base/calendar.h"
#include "core/detection/farrington.h"
#include "core/detection/series.h"

namespace bellwether::detection {

struct ColdStartOptions {
  int periods = 26;  // of the baseline, the latest before the guard; fewer where there are fewer
  int periods_min = 8;
  int guard = 4;           // periods before the target that it leaves out
  int year_periods = 52;   // back to the same season
  double season_sd = 0.2;  // of the logarithm: what the season may be off, before a year is known
  static ColdStartOptions for_calendar(base::Calendar calendar);
  // Periods before a target that its baseline can hold.
  int reach() const { return year_periods + guard + periods; }
};

// The baseline of `target`, leaving out the series' gaps and the periods in `excluded`;
// kShortHistory where fewer than periods_min are left.
Baseline fit_recent(const CountSeries& series, base::PeriodIndex target,
                    std::span<const PeriodRange> excluded, const ColdStartOptions& options);

}  // namespace bellwether::detection
