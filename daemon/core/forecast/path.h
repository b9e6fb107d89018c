// Purpose: the forecasts that a fitted model makes from every origin of its series, not from the
// last alone: what intervals are calibrated on. Thread safety: values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/forecast/series.h"

namespace bellwether::forecast {

enum class Combine : uint8_t { kAdd, kMultiply };

// State after each period t of a series of length n; the forecast of t + h from origin t is
//   level[t] + (φ + φ² + … + φ^h) trend[t],
// to which, where there is a season, the latest estimate of the season of t + h is added, or by
// which it is multiplied.
struct Path {
  std::vector<double> level;   // n
  std::vector<double> trend;   // n, or empty: no trend
  double phi = 1;              // damping of the trend
  std::vector<double> season;  // n + period, season[period + t] estimated at t; or empty: no season
  int period = 1;
  Combine combine = Combine::kAdd;
  size_t first_origin = 0;  // earlier states rest on too little to be judged by

  // Forecasts h periods ahead from the origins first, first + 1, … < n, as many as `out` holds.
  void forecast(size_t first, int h, std::span<double> out) const;
};

}  // namespace bellwether::forecast
