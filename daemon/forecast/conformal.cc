#include "forecast/conformal.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace bellwether::forecast {
namespace {

constexpr double kAlphaMin = 1e-4;  // margins asked for at a lower α are those of this one

// Φ⁻¹(1 − p) for 0 < p ≤ ½, by Newton's method on ln(1 − Φ), which is concave: from the bound that
// 1 − Φ(z) ≤ ½ exp(−z²/2) gives, which lies beyond, it never oversteps.
double normal_upper(double p) {
  constexpr int kSteps = 6;  // to the last digits for p ≥ kAlphaMin / 2
  double z = std::sqrt(-2 * std::log(2 * p));
  for (int i = 0; i < kSteps; ++i) {
    double const tail = 0.5 * std::erfc(z / std::numbers::sqrt2);
    double const density = std::exp(-0.5 * z * z) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
    z += std::log(tail / p) * tail / density;
  }
  return z;
}

}  // namespace

Errors::Errors(std::vector<double> errors) : sorted_(std::move(errors)) {
  for (double e : sorted_) squares_ += e * e;
  std::sort(sorted_.begin(), sorted_.end());
}

void Errors::add(double error) {
  // Where the first larger one stands: halvings without a branch, which errors would make at random.
  const double* first = sorted_.data();
  for (size_t n = sorted_.size(); n > 0;) {
    size_t const half = (n + 1) / 2;
    first += half * size_t{first[half - 1] <= error};
    n -= half;
  }
  sorted_.insert(sorted_.begin() + (first - sorted_.data()), error);
  squares_ += error * error;
}

double Errors::at(double rank) const {
  auto const whole = static_cast<size_t>(rank);
  double const value = sorted_[whole - 1];
  if (whole == sorted_.size()) return value;
  return value + (rank - static_cast<double>(whole)) * (sorted_[whole] - value);
}

Margin Errors::margin(double alpha) const {
  double const tail = 0.5 * std::clamp(alpha, kAlphaMin, 1.0);
  auto const n = static_cast<double>(sorted_.size());
  double const rank = (n + 1) * tail;  // of the smallest and of the largest errors: at most the middle
  if (rank >= 1) return {at(rank), at(n + 1 - rank)};
  double const normal = normal_upper(tail) * std::sqrt(squares_ / n) * (1 + 1 / n);
  return {std::min(sorted_.front(), -normal), std::max(sorted_.back(), normal)};
}

}  // namespace bellwether::forecast
