#include "core/forecast/conformal.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/stats/normal.h"

namespace bellwether::forecast {
namespace {

constexpr double kAlphaMin = 1e-4;  // a lower α gives the margins of this one

}  // namespace

Tail::Tail(std::vector<double> values, size_t kept_max)
    : kept_max_(kept_max), kept_(std::move(values)) {
  std::sort(kept_.begin(), kept_.end());
}

void Tail::add(double value) {
  if (kept_.size() == kept_max_) {
    if (value >= kept_.back()) return;
    kept_.pop_back();
  }
  kept_.insert(std::upper_bound(kept_.begin(), kept_.end(), value), value);
}

double Tail::at(double rank) const {
  auto const whole = static_cast<size_t>(rank);
  double const value = kept_[whole - 1];
  if (whole == kept_.size()) return value;
  return value + (rank - static_cast<double>(whole)) * (kept_[whole] - value);
}

Errors::Errors(std::vector<double> errors, double rank_max) : size_(errors.size()) {
  for (double e : errors) squares_ += e * e;
  auto const kept_max = static_cast<size_t>(rank_max) + 2;
  size_t const kept = std::min(kept_max, size_);
  auto const low_end = errors.begin() + static_cast<std::ptrdiff_t>(kept);
  auto const high_begin = errors.end() - static_cast<std::ptrdiff_t>(kept);
  if (low_end < high_begin) {
    std::nth_element(errors.begin(), low_end, errors.end());
    std::nth_element(low_end, high_begin, errors.end());
  } else {
    std::sort(errors.begin(), errors.end());
  }
  below_ = Tail({errors.begin(), low_end}, kept_max);
  std::transform(high_begin, errors.end(), high_begin, std::negate<>());
  above_ = Tail({high_begin, errors.end()}, kept_max);
}

void Errors::add(double error) {
  ++size_;
  below_.add(error);
  above_.add(-error);
  squares_ += error * error;
}

Margin Errors::margin(double alpha) const {
  double const tail = 0.5 * std::clamp(alpha, kAlphaMin, 1.0);
  auto const n = static_cast<double>(size_);
  double const rank = (n + 1) * tail;
  if (rank >= 1) return {below_.at(rank), -above_.at(rank)};
  double const normal = -stats::normal_quantile(tail) * std::sqrt(squares_ / n) * (1 + 1 / n);
  return {std::min(below_.at(1), -normal), std::max(-above_.at(1), normal)};
}

}  // namespace bellwether::forecast
