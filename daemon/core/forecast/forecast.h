// Purpose: the front of this folder: a series in, its future and how sure that is out.
//   Intervals are quantiles of the errors that the fitted method makes at each horizon from the
// latest origins of the series (relative errors where series and forecasts are positive), at a
// level adapted to its misses by replaying the latest origins (conformal.h). Invariants: a pure
// function, the same bits for the same input. Whatever the values, it is either not assessed for a
// reason (series.h) and empty, or assessed: then it holds finite numbers only, lower ≤ mean ≤
// upper, and intervals of higher coverage hold those of lower. Thread safety: pure.
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
  std::optional<HoltWintersParameters> holt_winters;  // estimated if absent
  // An interval for each, of increasing coverage in [kCoverageMin, kCoverageMax]; with the state
  // that earlier forecasts of the series have left, if the caller keeps it.
  std::vector<AdaptiveConformal> intervals = {AdaptiveConformal(0.8), AdaptiveConformal(0.95)};
  bool non_negative = false;  // of counts: nothing forecast below zero
};

// lower[h − 1] and upper[h − 1] belong to h periods after the last value, in the series' unit.
struct IntervalPath {
  double coverage = 0;
  std::vector<double> lower;
  std::vector<double> upper;
};

struct Forecast {
  NotAssessed why = NotAssessed::kNone;  // where it is not kNone, the rest is empty
  std::vector<double> mean;              // mean[h − 1]
  std::vector<IntervalPath> intervals;   // as in the options
};

// `period`: periods in a season, 1 for none; 1 ≤ horizon ≤ kHorizonMax.
Forecast forecast(Series y, int period, int horizon, const Options& options);

}  // namespace bellwether::forecast
