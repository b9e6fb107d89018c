// Purpose: the method to use where nothing speaks for another: the mean of Theta and the damped
// trend on logarithms, without a season that is shrunk by how much of it is chance. Equal weights
// of unlike methods are hard to beat (Clemen 1989, International Journal of Forecasting 5,
// 559–583).
//   Chosen on what precedes the first origin that README.md reports of: the last 52 weeks of the M4
// weekly training series, in four windows of 13, and the first years of the three registers.
// Thread safety: pure.
#pragma once

#include <vector>

#include "core/forecast/method.h"
#include "core/forecast/series.h"

namespace bellwether::forecast {

// Where a value is not positive, the series itself takes the place of its logarithms. The season is
// that of is_seasonal(), classical_season() and shrunk(), added.
// REQUIRES: check(y, length_min(Method::kCombination, period)) is kNone; 1 ≤ period ≤ kPeriodMax.
std::vector<Component> fit_combination(Series y, int period);

}  // namespace bellwether::forecast
