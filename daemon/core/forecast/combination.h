// Purpose: the default method: the mean of Theta and the damped trend on logarithms. Both use the
// series without its season; the season is shrunk by the share of it that is chance. Equal weights
// of different methods are hard to beat (Clemen 1989, International Journal of Forecasting 5,
// 559–583).
//   The method was chosen on data before the first origin that README.md reports: the last 52 weeks
//   of the M4 weekly training series, in four windows of 13, and the first years of the three
//   registers.
// Thread safety: pure.
#pragma once

#include <vector>

#include "core/forecast/method.h"
#include "core/forecast/series.h"

namespace bellwether::forecast {

// If a value is not positive, the series itself is used instead of its logarithms. The season is
// that of is_seasonal(), classical_season() and shrunk(), added.
// REQUIRES: check(y, length_min(Method::kCombination, period)) is kNone; 1 ≤ period ≤ kPeriodMax.
std::vector<Component> fit_combination(Series y, int period);

}  // namespace bellwether::forecast
