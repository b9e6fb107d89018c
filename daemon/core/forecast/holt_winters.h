// Purpose: Holt–Winters' seasonal smoothing (Holt 1957; Winters 1960, Management Science 6,
// 324–342), additive and multiplicative, with R's stats::HoltWinters as the reference:
//   l_t = α (y_t ∘ s_{t−m}) + (1−α)(l_{t−1} + b_{t−1});  b_t = β (l_t − l_{t−1}) + (1−β) b_{t−1};
//   s_t = γ (y_t ∘ l_t) + (1−γ) s_{t−m},  ∘ being − or /.
// The recursion begins with the second season. Its initial state is the classical decomposition of
// the first two seasons and the regression line through their trend.
// Thread safety: pure.
#pragma once

#include <optional>

#include "core/forecast/path.h"
#include "core/forecast/series.h"

namespace bellwether::forecast {

struct HoltWintersParameters {
  double alpha = 0;  // each in [0, 1]
  double beta = 0;
  double gamma = 0;
};

struct HoltWinters {
  HoltWintersParameters parameters;
  double squared_error = 0;  // Σ e² of the one-step forecasts from the second season on
  Path path;                 // first_origin = period − 1, the initial state
};

// The number of values needed: two seasons and one value.
constexpr size_t holt_winters_length_min(int period) {
  return 2 * static_cast<size_t>(period) + 1;
}

// Uses the given parameters, or those that minimise Σ e². nullopt if the recursion diverges: Σ e²
// is not finite or, for kMultiply, a level or season is not positive. REQUIRES: period ≥ 2;
// check(y, holt_winters_length_min(period)) is kNone; y > 0 for kMultiply.
std::optional<HoltWinters> holt_winters(Series y, int period, Combine combine,
                                        std::optional<HoltWintersParameters> parameters);

}  // namespace bellwether::forecast
