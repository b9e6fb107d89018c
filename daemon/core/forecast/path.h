// Purpose: the forecasts that a fitted model makes from every origin of its series, not only from
// the last one. Intervals are calibrated on these forecasts.
// Thread safety: values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/forecast/series.h"

namespace bellwether::forecast {

enum class Combine : uint8_t { kAdd, kMultiply };

// State after each period t of a series of length n. The forecast of t + h from origin t is
//   level[t] + (φ + φ² + … + φ^h) trend[t],
// then, if there is a season, the latest estimate of the season of t + h is added, or multiplies
// the result.
struct Path {
  std::vector<double> level;   // n
  std::vector<double> trend;   // n, or empty: no trend
  double phi = 1;              // damping of the trend
  std::vector<double> season;  // n + period, season[period + t] estimated at t; or empty: no season
  int period = 1;
  Combine combine = Combine::kAdd;
  size_t first_origin = 0;  // earlier states use too few values to be judged

  // Forecasts h periods ahead from the origins first, first + 1, … < n; `out` holds one value for
  // each origin.
  void forecast(size_t first, int h, std::span<double> out) const;
};

}  // namespace bellwether::forecast
