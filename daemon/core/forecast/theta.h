// Purpose: the Theta method (Assimakopoulos & Nikolopoulos 2000, International Journal of
// Forecasting 16, 521–530): the mean of the extrapolated regression line (θ = 0) and of the
// smoothed line with doubled curvature (θ = 2). Hyndman & Billah (2003, same journal 19, 287–290)
// show that this is simple exponential smoothing with half of the regression's slope as drift.
// Thread safety: pure.
#pragma once

#include <cstdint>

#include "core/forecast/path.h"
#include "core/forecast/series.h"

namespace bellwether::forecast {

// The series on which the smoothing is estimated: the line θ = 2 (the paper; M4's benchmark) or the
// original series (R's forecast::thetaf). The forecasts differ little.
enum class ThetaEstimation : uint8_t { kThetaLine, kSeries };

inline constexpr size_t kThetaLengthMin = 3;
inline constexpr int kThetaParameters = 4;  // α, the initial level and the line

struct Theta {
  double alpha = 0;
  double level = 0;      // initial level of the smoothing of the line θ = 2
  double slope = 0;      // of the regression line, per period; the drift is half of it
  double intercept = 0;  // of the regression line at t = 0
};

// REQUIRES: check(y, kThetaLengthMin) is kNone.
Theta fit_theta(Series y, ThetaEstimation estimation);

// The states along the series. The smoothing uses the given parameters. The regression line at each
// origin uses only the values up to it, so that a path does not depend on later values.
Path theta_path(Series y, const Theta& theta);

}  // namespace bellwether::forecast
