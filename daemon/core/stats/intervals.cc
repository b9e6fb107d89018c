#include "core/stats/intervals.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bellwether::stats {
namespace {

// The δ between `inside` and `outside` at which rejected(δ) becomes true. 100 halvings reach the
// last bit.
template <class Rejected>
double border(double inside, double outside, Rejected rejected) {
  for (int i = 0; i < 100; ++i) {
    double const middle = inside + (outside - inside) / 2;
    (rejected(middle) ? outside : inside) = middle;
  }
  return inside;
}

}  // namespace

Bounds poisson_mean(double count, double z) {
  double const middle = count + z * z / 2;
  double const half = z * std::sqrt(count + z * z / 4);
  return {std::max(0.0, middle - half), middle + half};
}

Bounds poisson_difference(double first, double second, double z) {
  double const sum = first + second;
  double const difference = first - second;
  auto const rejected = [&](double delta) {
    double const twice = 2 * delta - difference;
    double const variance = (sum + std::sqrt(twice * twice + 4 * first * second)) / 2;
    double const off = difference - delta;
    return off * off > z * z * variance;
  };
  // Outside of this distance δ is rejected: there, m₁ + m₂ ≤ n + |δ − d|.
  double const far = z * z + z * std::sqrt(sum + z * z) + 1;
  return {border(difference, difference - far, rejected),
          border(difference, difference + far, rejected)};
}

Bounds poisson_ratio(double first, double second, double z) {
  if (first + second <= 0) return {0, std::numeric_limits<double>::infinity()};
  Bounds const p = proportion(first, first + second, z);
  auto const odds = [](double share) {
    return share < 1 ? share / (1 - share) : std::numeric_limits<double>::infinity();
  };
  return {odds(p.lower), second > 0 ? odds(p.upper) : std::numeric_limits<double>::infinity()};
}

Bounds proportion(double part, double whole, double z) {
  double const p = part / whole;
  double const more = z * z / whole;
  double const middle = (p + more / 2) / (1 + more);
  double const half = std::sqrt(p * (1 - p) * more + more * more / 4) / (1 + more);
  return {std::clamp(middle - half, 0.0, 1.0), std::clamp(middle + half, 0.0, 1.0)};
}

Bounds difference(Part first, Part second, double z) {
  Bounds const a = proportion(first.part, first.whole, z);
  Bounds const b = proportion(second.part, second.whole, z);
  double const p = first.part / first.whole;
  double const q = second.part / second.whole;
  auto const length = [](double x, double y) { return std::sqrt(x * x + y * y); };
  return {p - q - length(p - a.lower, b.upper - q), p - q + length(a.upper - p, q - b.lower)};
}

}  // namespace bellwether::stats
