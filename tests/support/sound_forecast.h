// Checks that every forecast must pass, for unit tests and fuzzing. Returns the error, or an empty
// text.
#pragma once

#include <cmath>
#include <string>

#include "core/forecast/forecast.h"

namespace bellwether::testing {

// `floor`: no value may be below it.
inline std::string unsound(const forecast::Forecast& f, int horizon, double floor = -HUGE_VAL) {
  if (f.why != forecast::NotAssessed::kNone) {
    return f.mean.empty() && f.intervals.empty() ? "" : "figures of what is not assessed";
  }
  auto const n = static_cast<size_t>(horizon);
  if (f.mean.size() != n) return "not as many means as periods";
  for (size_t h = 0; h < n; ++h) {
    if (!std::isfinite(f.mean[h]) || f.mean[h] < floor) return "a mean is not finite or too low";
    double lower = f.mean[h];
    double upper = f.mean[h];
    for (const forecast::IntervalPath& i : f.intervals) {
      if (i.lower.size() != n || i.upper.size() != n) return "not as many bounds as periods";
      if (!std::isfinite(i.lower[h]) || !std::isfinite(i.upper[h])) return "a bound is not finite";
      if (i.lower[h] < floor) return "a bound is too low";
      if (i.lower[h] > lower || i.upper[h] < upper) return "an interval does not hold what it must";
      lower = i.lower[h];
      upper = i.upper[h];
    }
  }
  return "";
}

}  // namespace bellwether::testing
