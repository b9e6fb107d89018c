// Purpose: the interface of this folder: forecasts a series, with intervals.
//   Intervals are quantiles of the errors that the fitted method makes at each horizon from the
//   latest origins of the series (relative errors if series and forecasts are positive). Their
//   level is adapted to the misses by replaying the latest origins (conformal.h). For kCombination,
// errors are additive where that gives clearly better intervals, horizons with few separate errors
// share theirs, and no bound is farther from the forecast than the values were from one another.
// Invariants: a pure function, bit-identical for identical input. For all values, a forecast is
// either not assessed (with a reason, series.h) and empty, or assessed. If assessed, all numbers
// are finite, lower ≤ mean ≤ upper, and an interval of higher coverage contains those of lower
// coverage.
// Thread safety: pure.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/forecast/conformal.h"
#include "core/forecast/holt_winters.h"
#include "core/forecast/method.h"
#include "core/forecast/series.h"

namespace bellwether::forecast {

inline constexpr double kCoverageMin = 0.5;
inline constexpr double kCoverageMax = 0.999;

struct Options {
  Method method = Method::kCombination;
  SeasonalAdjustment adjustment = SeasonalAdjustment::kTested;
  std::optional<HoltWintersParameters> holt_winters;  // nullopt: estimated
  // One interval for each, in order of increasing coverage in [kCoverageMin, kCoverageMax]. A
  // caller that keeps the state of earlier forecasts of the series passes it here.
  std::vector<AdaptiveConformal> intervals = {AdaptiveConformal(0.8), AdaptiveConformal(0.95)};
  bool non_negative = false;  // for counts: no forecast is below zero
};

// lower[h − 1] and upper[h − 1] belong to h periods after the last value, in the series' unit.
struct IntervalPath {
  double coverage = 0;
  std::vector<double> lower;
  std::vector<double> upper;
};

struct Forecast {
  NotAssessed why = NotAssessed::kNone;  // if not kNone, the other fields are empty
  std::vector<double> mean;              // mean[h − 1]
  std::vector<IntervalPath> intervals;   // as in the options
};

// `period`: the number of periods in a season, 1 for no season. 1 ≤ horizon ≤ kHorizonMax.
Forecast forecast(Series y, int period, int horizon, const Options& options);

}  // namespace bellwether::forecast
