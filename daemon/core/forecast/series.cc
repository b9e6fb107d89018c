#include "core/forecast/series.h"

#include <algorithm>
#include <cmath>

namespace bellwether::forecast {

NotAssessed check(Series y, size_t length_min) {
  if (y.empty()) return NotAssessed::kEmpty;
  if (y.size() > kLengthMax) return NotAssessed::kTooLarge;
  for (double value : y) {
    if (!std::isfinite(value)) return NotAssessed::kNotFinite;
    if (std::abs(value) > kMagnitudeMax) return NotAssessed::kTooLarge;
  }
  return y.size() < length_min ? NotAssessed::kShortHistory : NotAssessed::kNone;
}

bool all_positive(Series y) {
  return std::all_of(y.begin(), y.end(), [](double value) { return value > 0; });
}

}  // namespace bellwether::forecast
