#include "analysis/cusum_threshold.h"

#include "core/detection/run_length.h"

namespace bellwether::analysis {

double cusum_threshold(double reference, double in_control) {
  constexpr double kThresholdMax = 64;
  constexpr double kPrecision = 1e-9;
  auto const runs_short = [&](double h) {
    double const length = detection::cusum_average_run_length(reference, h, 0);
    return length >= 1 && length < in_control;  // below 1: too long, the equations are singular
  };
  double low = 0;
  double high = 0.5;
  while (high < kThresholdMax && runs_short(high)) {
    low = high;
    high *= 2;
  }
  while (high - low > kPrecision) {
    double const middle = (low + high) / 2;
    (runs_short(middle) ? low : high) = middle;
  }
  return high;
}

}  // namespace bellwether::analysis
