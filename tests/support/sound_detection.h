// Checks that every answer of a detector must pass, for unit tests and fuzzing. Each function
// returns the error, or an empty text: figures are finite, probabilities are within 0 … 1, a lower
// bound is not above the upper bound, and a series that is not assessed has no figures.
#pragma once

#include <cmath>
#include <initializer_list>
#include <string>

#include "core/detection/detector.h"
#include "core/detection/farrington.h"
#include "core/detection/ratio.h"

namespace bellwether::testing {

inline bool all_finite(std::initializer_list<double> figures) {
  for (double x : figures) {
    if (!std::isfinite(x)) return false;
  }
  return true;
}

inline bool is_chance(double p) {
  return p >= 0 && p <= 1;
}

inline std::string unsound(const detection::Baseline& b) {
  if (!all_finite({b.expected, b.log_expected, b.dispersion, b.variance_of_eta, b.trend})) {
    return "a figure of the baseline is not finite";
  }
  if (b.why != detection::NotAssessed::kNone) return b.expected == 0 ? "" : "expected of nothing";
  if (b.expected <= 0) return "nothing is expected, and yet it is assessed";
  if (b.dispersion < 1) return "dispersion below one";
  if (b.variance_of_eta < 0) return "negative variance";
  if (b.points <= 0 || b.downweighted < 0 || b.downweighted > b.points) return "points";
  return b.oldest <= b.newest ? "" : "the oldest period is later than the newest";
}

inline std::string unsound(const detection::Score& low, const detection::Score& high) {
  if (!is_chance(low.p_low) || !is_chance(low.p_high)) return "a tail is no chance";
  if (std::abs(low.p_low + low.p_high - 1) > 1e-6) return "the tails do not add up to one";
  if (!(std::abs(low.z) <= detection::kZMax)) return "z is out of bounds";
  return low.z == -high.z ? "" : "harm does not turn z";
}

inline std::string unsound(const detection::Interval& i) {
  if (!all_finite({i.lower, i.upper})) return "a bound is not finite";
  return 0 <= i.lower && i.lower <= i.upper ? "" : "the lower bound is above the upper";
}

// Checks everything that can be computed from a baseline and a count.
inline std::string unsound(const detection::Baseline& b, int64_t observed, double level) {
  std::string wrong = unsound(b);
  if (!wrong.empty() || b.why != detection::NotAssessed::kNone) return wrong;
  wrong = unsound(score(b, observed, detection::Harm::kLow),
                  score(b, observed, detection::Harm::kHigh));
  if (wrong.empty()) wrong = unsound(predictive_interval(b, level));
  return wrong;
}

inline std::string unsound(const detection::Assessment& a) {
  if (std::string wrong = unsound(a.baseline); !wrong.empty()) return wrong;
  if (!all_finite({a.expected, a.dispersion, a.z, a.scale, a.cusum, a.ratio})) {
    return "a figure of the assessment is not finite";
  }
  if (!is_chance(a.p) || !is_chance(a.p_other)) return "a tail is no chance";
  if (a.observed < 0 || a.ratio < 0) return "fewer than none";
  if (!(a.share > 0 && a.share <= 1)) return "share reported";
  if (a.scale < 1 || a.cusum < 0 || std::abs(a.z) > detection::kZMax) return "z, scale or cusum";
  if (a.why == detection::NotAssessed::kNone) return a.expected > 0 ? "" : "nothing is expected";
  return a.expected == 0 && a.p == 1 && a.z == 0 ? "" : "figures of what is not assessed";
}

inline std::string unsound(const detection::RatioAssessment& a) {
  if (!all_finite({a.observed, a.expected, a.lower, a.upper, a.dispersion, a.z, a.cusum})) {
    return "a figure is not finite";
  }
  for (double p : {a.observed, a.expected, a.lower, a.upper, a.p}) {
    if (!is_chance(p)) return "a share or tail is outside 0 … 1";
  }
  if (a.cusum < 0 || a.dispersion < 1) return "cusum or dispersion";
  if (a.not_assessed.empty()) {
    return a.lower <= a.expected && a.expected <= a.upper ? "" : "expected is outside its interval";
  }
  return a.p == 1 && a.z == 0 ? "" : "figures of what is not assessed";
}

}  // namespace bellwether::testing
