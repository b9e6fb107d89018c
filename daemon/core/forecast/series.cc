#include "core/forecast/series.h"

#include <algorithm>
#include <cmath>

namespace bellwether::forecast {

std::string_view name(NotAssessed why) {
  switch (why) {
    case NotAssessed::kNone:
      return "assessed";
    case NotAssessed::kEmpty:
      return "no values";
    case NotAssessed::kShortHistory:
      return "too little history";
    case NotAssessed::kNotFinite:
      return "a value is not a finite number";
    case NotAssessed::kTooLarge:
      return "a value or the series is too large";
    case NotAssessed::kNotPositive:
      return "a multiplicative season needs positive values";
    case NotAssessed::kDiverged:
      return "the smoothing diverges";
    case NotAssessed::kBadOption:
      return "an option is outside its range";
  }
  return "";
}

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
