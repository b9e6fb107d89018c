#include "forecast/conformal.h"

#include <algorithm>
#include <cmath>

namespace bellwether::forecast {
namespace {

constexpr double kAlphaMin = 1e-4;  // margins asked for at a lower α are those of this one

// Φ⁻¹(1 − p) for 0 < p ≤ ½, by bisection: only asked for at the ends of short histories.
double normal_upper(double p) {
  double low = 0;
  double high = 8;
  for (int i = 0; i < 60; ++i) {
    double const middle = 0.5 * (low + high);
    (0.5 * std::erfc(middle / std::sqrt(2.0)) > p ? low : high) = middle;
  }
  return low;
}

}  // namespace

Errors::Errors(std::vector<double> errors) : sorted_(std::move(errors)) {
  for (double e : sorted_) squares_ += e * e;
  std::sort(sorted_.begin(), sorted_.end());
}

void Errors::add(double error) {
  sorted_.insert(std::upper_bound(sorted_.begin(), sorted_.end(), error), error);
  squares_ += error * error;
}

Margin Errors::margin(double alpha) const {
  double const tail = 0.5 * std::clamp(alpha, kAlphaMin, 1.0);
  auto const n = static_cast<double>(sorted_.size());
  // How many of the smallest and of the largest errors lie outside.
  double const outside = std::floor((n + 1) * tail);
  if (outside >= 1) {
    auto const i = static_cast<size_t>(outside) - 1;
    size_t const j = sorted_.size() - 1 - i;
    return {sorted_[std::min(i, j)], sorted_[std::max(i, j)]};
  }
  double const normal = normal_upper(tail) * std::sqrt(squares_ / n) * (1 + 1 / n);
  return {std::min(sorted_.front(), -normal), std::max(sorted_.back(), normal)};
}

}  // namespace bellwether::forecast
