// Purpose: simple exponential smoothing, Holt's linear trend and the damped trend, in the error
// correction form (Hyndman, Koehler, Ord & Snyder 2008, Forecasting with Exponential Smoothing, ch.
// 2: ANN, AAN, AAdN; Gardner & McKenzie 1985 for the damped trend):
//   e_t = y_t − l_{t−1} − φ b_{t−1};  l_t = l_{t−1} + φ b_{t−1} + α e_t;  b_t = φ b_{t−1} + β e_t.
// α, β, φ and the initial state minimise Σ e². e is linear in the initial state, so for every
// candidate α, β, φ least squares gives the exact initial state. The bounds are those of R's
// forecast::ets: α in [1e-4, 0.9999], β in [1e-4, α], φ in [0.8, 0.98].
// Thread safety: pure.
#pragma once

#include <cmath>
#include <cstdint>

#include "core/forecast/path.h"
#include "core/forecast/series.h"

namespace bellwether::forecast {

enum class Trend : uint8_t { kNone, kLinear, kDamped };

// The number of estimated parameters: those of α, β, φ that the trend has, and the initial state.
constexpr int parameters(Trend trend) {
  return trend == Trend::kNone ? 2 : trend == Trend::kLinear ? 4 : 5;
}

// The number of values that a fit needs: one more than its parameters.
constexpr size_t length_min(Trend trend) {
  return static_cast<size_t>(parameters(trend)) + 1;
}

struct Smoothing {
  Trend trend = Trend::kNone;
  double alpha = 0;
  double beta = 0;  // 0 without a trend
  double phi = 1;
  double level = 0;          // l₀, before the first value
  double slope = 0;          // b₀
  double squared_error = 0;  // Σ e², in the unit of the series squared
};

// REQUIRES: check(y, length_min(trend)) is kNone.
Smoothing fit_smoothing(Series y, Trend trend);

// The states along the series. No slope is steeper than `slope_max`.
Path smooth(Series y, const Smoothing& parameters, double slope_max = HUGE_VAL);

}  // namespace bellwether::forecast
