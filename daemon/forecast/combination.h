// Purpose: the method to use where nothing speaks for another: Theta and the damped trend on
// logarithms, each of the series without its season (two thirds of the weight) and of the series as it
// is (one third). Equal weights of unlike methods are hard to beat (Clemen 1989, International Journal
// of Forecasting 5, 559–583); leaving a third unadjusted shrinks a season that was estimated from few
// years, as Miller & Williams (2003, same journal 19, 669–684) advise.
//   Chosen on the last 52 weeks of the M4 weekly training series, in four windows of 13; the test part
// was looked at once, after. tests/unit/forecast/m4_weekly_test.cc has the figures.
// Thread safety: pure.
#pragma once

#include <vector>

#include "forecast/method.h"
#include "forecast/series.h"

namespace bellwether::forecast {

// Where a value is not positive, the series itself takes the place of its logarithms. The season is
// that of is_seasonal() and classical_season(), added; without one the whole weight is on the series
// as it is.
// REQUIRES: check(y, length_min(Method::kCombination, period)) is kNone; 1 ≤ period ≤ kPeriodMax.
std::vector<Component> fit_combination(Series y, int period);

}  // namespace bellwether::forecast
