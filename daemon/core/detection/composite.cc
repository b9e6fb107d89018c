#include "core/detection/composite.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/check.h"

namespace bellwether::detection {
namespace {

double clipped(double z) {
  return std::clamp(z, -kCompositeClip, kCompositeClip);
}

}  // namespace

void ScoreCorrelation::add(std::span<const double> z) {
  BELLWETHER_CHECK(z.size() <= kCompositePartsMax);
  for (size_t a = 0; a < z.size(); ++a) {
    if (std::isnan(z[a])) continue;
    double const x = clipped(z[a]);
    for (size_t b = a + 1; b < z.size(); ++b) {
      if (std::isnan(z[b])) continue;
      double const y = clipped(z[b]);
      Sums& s = sums_[a][b];
      s.n += 1;
      s.x += x;
      s.y += y;
      s.xx += x * x;
      s.yy += y * y;
      s.xy += x * y;
    }
  }
}

double ScoreCorrelation::between(size_t a, size_t b) const {
  if (a == b) return 1;
  if (a > b) std::swap(a, b);
  const Sums& s = sums_[a][b];
  double const variances = (s.n * s.xx - s.x * s.x) * (s.n * s.yy - s.y * s.y);
  if (!(variances > 0)) return 0;
  double const r = (s.n * s.xy - s.x * s.y) / std::sqrt(variances);
  return std::clamp(r, -1.0, 1.0) * s.n / (s.n + kIndependentPeriods);
}

std::optional<double> composite_score(std::span<const double> z, std::span<const double> weights,
                                      const ScoreCorrelation& correlation) {
  BELLWETHER_CHECK(z.size() == weights.size());
  size_t scored = 0;
  double sum = 0;
  double alone = 0;
  double variance = 0;
  for (size_t a = 0; a < z.size(); ++a) {
    if (std::isnan(z[a])) continue;
    ++scored;
    sum += weights[a] * clipped(z[a]);
    alone += weights[a] * weights[a];
    for (size_t b = 0; b < z.size(); ++b) {
      if (!std::isnan(z[b])) variance += weights[a] * weights[b] * correlation.between(a, b);
    }
  }
  if (scored < kCompositePartsMin) return std::nullopt;
  return sum / std::sqrt(std::max(variance, kVarianceShareMin * alone));
}

}  // namespace bellwether::detection
