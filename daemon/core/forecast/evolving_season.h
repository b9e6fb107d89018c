// Purpose: a damped trend with a season that evolves: ETS(A,Ad,A) in the error correction form
// (Hyndman, Koehler, Ord & Snyder 2008, Forecasting with Exponential Smoothing, section 2.5):
//   e_t = y_t − l_{t−1} − φ b_{t−1} − s_{t−m};  l_t = l_{t−1} + φ b_{t−1} + α e_t;
//   b_t = φ b_{t−1} + β e_t;  s_t = s_{t−m} + γ e_t.
// α, β, γ and φ minimise Σ e² within the bounds of R's forecast::ets: those of
// exponential_smoothing.h, and γ in [0, 1 − α]. The season begins as given. Level and slope begin
// with the regression line through the first two seasons without it.
// Thread safety: pure.
#pragma once

#include <vector>

#include "core/forecast/path.h"
#include "core/forecast/series.h"

namespace bellwether::forecast {

struct EvolvingSeason {
  double alpha = 0;
  double beta = 0;
  double gamma = 0;
  double phi = 1;
  double level = 0;            // l₋₁, before the first value
  double slope = 0;            // b₋₁
  std::vector<double> season;  // s₋m … s₋₁
  double squared_error = 0;    // Σ e², in the unit of the series squared
};

// α, β, γ, φ, the first level and slope. Those of the season are counted apart.
inline constexpr int kEvolvingSeasonParameters = 6;

// `season`: one index for each period of a season, added. REQUIRES: season.size() ≥ 2;
// check(y, 2 * season.size()) is kNone.
EvolvingSeason fit_evolving_season(Series y, std::vector<double> season);

// The states along the series. No slope is steeper than `slope_max`.
Path smooth(Series y, const EvolvingSeason& parameters, double slope_max);

}  // namespace bellwether::forecast
