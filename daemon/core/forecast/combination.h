// Purpose: the default method: the mean of Theta, the damped trend and, for a series with a season,
// the damped trend with a season that evolves. Theta and the damped trend use the series without
// its season, shrunk by the share of it that is chance. Equal weights of different methods are hard
// to beat (Clemen 1989, International Journal of Forecasting 5, 559–583).
//   Outliers (outliers.h) take no part in the fit. The series is fitted on logarithms
//   (transform.h),
// or as it is, if the damped trend's one-step forecasts are clearly better there.
//   No slope is steeper than the series ever was over a season, outliers apart, so that the last
// few values cannot start a run.
//   The method was chosen on data before the first origin that README.md reports.
// Thread safety: pure.
#pragma once

#include "core/forecast/method.h"
#include "core/forecast/series.h"

namespace bellwether::forecast {

// The series as it is is clearly better if its sum of squared errors is below this share of that of
// logarithms.
inline constexpr double kClearlyBetter = 0.9;

// The season is that of is_seasonal(), classical_season() and shrunk(), added.
// REQUIRES: check(y, length_min(Method::kCombination, period)) is kNone; 1 ≤ period ≤ kPeriodMax.
Fitted fit_combination(Series y, int period);

}  // namespace bellwether::forecast
