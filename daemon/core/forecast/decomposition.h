// Purpose: tests whether a series has a season, and removes it, as in the benchmarks of the M4
// competition (Makridakis, Spiliotis & Assimakopoulos 2020, International Journal of Forecasting
// 36, 54–74, section 2.1; the R code in github.com/Mcompetitions/M4-methods, Benchmarks and
// Evaluation).
// Thread safety: pure.
#pragma once

#include <span>
#include <vector>

#include "core/forecast/path.h"
#include "core/forecast/series.h"

namespace bellwether::forecast {

// Autocorrelations at lags 0 … lag_max, about the mean, divisor n (R's acf). A constant series has
// 1 at lag 0 and 0 elsewhere.
std::vector<double> autocorrelation(Series y, int lag_max);

// |r_m| > 1.645 √((1 + 2 Σ_{i<m} r_i²)/n): the 90 % test with Bartlett's bound. False for fewer
// than three seasons, or if the period is 1.
bool is_seasonal(Series y, int period);

struct Season {
  Combine combine = Combine::kMultiply;
  std::vector<double>
      index;  // index[t mod period], with mean 1 (multiplied) or 0 (added); empty: no season

  // remove() removes the season from the values of the periods first, first + 1, … (also beyond the
  // series); apply() adds it again.
  void remove(std::span<double> values, size_t first = 0) const;
  void apply(std::span<double> values, size_t first = 0) const;
};

// Classical decomposition (R's decompose): the trend is a centred moving average over `period`. The
// index of each season is its mean ratio to the trend, or its mean difference from it. Needs two
// seasons and a period above 1. Returns no season if these are missing or an index would not be
// positive.
Season classical_season(Series y, int period, Combine combine);

// The season of y with its index shrunk towards none by the share W of its variance that is chance:
// the James–Stein estimate of Miller & Williams (2003, International Journal of Forecasting 19,
// 669–684),
//   W = (m − 3)/(m − 1) V/S,  0 ≤ W ≤ 1.
// V is the mean variance of an index, here from the pooled variance of the detrended values about
// their index. S is the variance of the indices. No shrinkage if m ≤ 3.
Season shrunk(Season season, Series y);

}  // namespace bellwether::forecast
