// Purpose: whether a series has a season, and the series without it, as in the benchmarks of the M4
// competition (Makridakis, Spiliotis & Assimakopoulos 2020, International Journal of Forecasting
// 36, 54–74, section 2.1; the R code in github.com/Mcompetitions/M4-methods, Benchmarks and
// Evaluation). Thread safety: pure.
#pragma once

#include <span>
#include <vector>

#include "core/forecast/path.h"
#include "core/forecast/series.h"

namespace bellwether::forecast {

// Autocorrelations at lags 0 … lag_max, about the mean, divisor n (R's acf). A constant series has
// 1 at lag 0 and 0 elsewhere.
std::vector<double> autocorrelation(Series y, int lag_max);

// |r_m| > 1.645 √((1 + 2 Σ_{i<m} r_i²)/n): the 90 % test of Bartlett's bound. False for fewer than
// three seasons, or a period of one.
bool is_seasonal(Series y, int period);

struct Season {
  Combine combine = Combine::kMultiply;
  std::vector<double>
      index;  // index[t mod period], with mean 1 (multiplied) or 0 (added); empty: none

  // Takes the season off the values of the periods first, first + 1, … (also beyond the series) and
  // puts it back.
  void remove(std::span<double> values, size_t first = 0) const;
  void apply(std::span<double> values, size_t first = 0) const;
};

// Classical decomposition: a centred moving average of `period` is the trend, the mean ratio to it
// (or difference from it) of each season the index (R's decompose). Needs two seasons and a period
// above one; else, or where an index would not be positive, there is no season.
Season classical_season(Series y, int period, Combine combine);

// The season of y with its index drawn towards none by the share W of its spread that is chance:
// the James–Stein estimate of Miller & Williams (2003, International Journal of Forecasting 19,
// 669–684),
//   W = (m − 3)/(m − 1) V/S,  0 ≤ W ≤ 1,
// V the mean variance of an index, here from the pooled spread of the detrended values about
// theirs, S the variance of the indices. Nothing is drawn where m ≤ 3.
Season shrunk(Season season, Series y);

}  // namespace bellwether::forecast
