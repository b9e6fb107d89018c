// Purpose: finds values that do not belong to a series, so that one of them decides neither the
// fit nor the intervals: a month of closed offices, a bulk registration.
//   A value is expected at the median of its neighbours, plus the median difference of its season.
// In the first and last half window, where there are no neighbours on one side, it is expected on
// a line with the median of slopes (the repeated median of Siegel 1982, Biometrika 69, 242–244),
// which half of the values cannot bend. An outlier is further from that than kOutlierSigmas
// standard deviations; these come from a quantile of the distances, which outliers do not move.
// Its neighbours, or those of its run, must be as far nearer to what was expected of them: a value
// on the slope of a real surge is no outlier.
//   A median follows a level that changes for good, so that a shift is no outlier. Only at the end
// of a series the two cannot be told apart: outliers that are the last values stay.
// Thread safety: pure.
#pragma once

#include <cstddef>
#include <vector>

#include "core/forecast/series.h"

namespace bellwether::forecast {

inline constexpr double kOutlierSigmas = 6;
// If a larger share of the values are outliers, they are the nature of the series and stay.
inline constexpr double kOutlierShareMax = 0.05;
// The neighbours on each side. A run of more values is no outlier but a level.
inline constexpr size_t kHalfWindow = 5;
inline constexpr size_t kOutlierLengthMin = 2 * kHalfWindow + 1;  // shorter series have no outliers

// The series in its own unit, for three uses. All are the series itself if it has no outliers.
struct Cleaned {
  std::vector<double> fitted;  // outliers are replaced by what was expected; among the last values,
                               // they are moved to the nearest value that is none
  std::vector<double> known;   // outliers are replaced, those among the last values stay
  std::vector<double> judged;  // outliers are moved to the nearest value that is none, those among
                               // the last values stay
  size_t latest = 0;           // the number of last values that are outliers
};

// REQUIRES: check(y, 1) is kNone; 1 ≤ period ≤ kPeriodMax.
Cleaned clean(Series y, int period);

}  // namespace bellwether::forecast
