#include "core/forecast/path.h"

#include <algorithm>
#include <cmath>

namespace bellwether::forecast {

void Path::forecast(size_t first, int h, std::span<double> out) const {
  std::copy_n(level.data() + first, out.size(), out.begin());
  if (!trend.empty()) {
    // φ + φ² + … + φ^h.
    double const steps = phi == 1 ? h : phi * (1 - std::pow(phi, h)) / (1 - phi);
    for (size_t i = 0; i < out.size(); ++i) out[i] += steps * trend[first + i];
  }
  if (season.empty()) return;
  // The season is season[period + u], where u is the latest period ≤ t in the same season as t + h.
  const double* s = season.data() + first + (h - 1) % period + 1;
  for (size_t i = 0; i < out.size(); ++i) {
    out[i] = combine == Combine::kAdd ? out[i] + s[i] : out[i] * s[i];
  }
}

}  // namespace bellwether::forecast
