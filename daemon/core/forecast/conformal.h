// Purpose: the width that an interval needs for its stated coverage: quantiles of past forecast
// errors, at a level that follows the misses.
//   Adaptive conformal inference (Gibbs & Candès 2021, NeurIPS 34, equation 2): α ← α + γ (α₀ −
//   miss). For every series, the long-run share of misses tends to α₀.
//   Ranks as in split conformal prediction (Vovk, Gammerman & Shafer 2005), but interpolated
//   instead of rounded outwards.
// Thread safety: values.
#pragma once

#include <cstddef>
#include <vector>

namespace bellwether::forecast {

inline constexpr double kConformalRate = 0.01;  // γ

// α is the whole state. To resume later, store it with the series.
class AdaptiveConformal {
 public:
  // `coverage` in (0, 1), e.g. 0.95.
  explicit AdaptiveConformal(double coverage, double rate = kConformalRate)
      : target_(1 - coverage), rate_(rate), alpha_(target_) {}

  // Call when an observation becomes known. `miss`: it was outside the interval forecast for it.
  void update(bool miss) { alpha_ += rate_ * (target_ - (miss ? 1 : 0)); }

  double coverage() const { return 1 - target_; }
  // α after `observations` more observations without a miss. α cannot become larger than this.
  double alpha_max(size_t observations) const {
    return alpha_ + rate_ * target_ * static_cast<double>(observations);
  }
  // The share of misses to allow now. It may leave [0, 1]: at or below 0 every past error is too
  // small a margin, at or above 1 no margin is needed.
  double alpha() const { return alpha_; }

 private:
  double target_;
  double rate_;
  double alpha_;
};

struct Margin {
  double below = 0;  // quantiles of the errors: below ≤ above; both may have the same sign
  double above = 0;
};

// Keeps the kept_max smallest of the numbers added, in ascending order.
class Tail {
 public:
  Tail() = default;
  // REQUIRES: values.size() ≤ kept_max.
  Tail(std::vector<double> values, size_t kept_max);
  void add(double value);
  // The number at a rank, counted from 1, linear between whole ranks. REQUIRES: 1 ≤ rank; rank <
  // kept_max or rank ≤ the number of values.
  double at(double rank) const;

 private:
  size_t kept_max_ = 0;
  std::vector<double> kept_;
};

// Past errors (observed minus forecast) at one horizon.
class Errors {
 public:
  // `rank_max`: the largest (n+1)α/2 of any later margin, with n at that time. Errors between the
  // two tails that this needs are not kept.
  explicit Errors(std::vector<double> errors, double rank_max = kEveryRank);
  void add(double error);
  size_t size() const { return size_; }
  // The interval that the next error misses with probability α, half on each side: order statistics
  // of rank (n+1)α/2 and its mirror, linear between whole ranks. Ranks rounded outwards would give
  // at least the stated coverage; interpolated ranks give it on average. If n is too small for
  // these ranks, the tail of a normal with the errors' mean square, widened by the uncertainty of
  // that mean square, is used if it is beyond the extremes. REQUIRES: size() > 0.
  Margin margin(double alpha) const;

  static constexpr double kEveryRank = 1e6;

 private:
  size_t size_ = 0;
  Tail below_;
  Tail above_;  // of the errors with the sign reversed
  double squares_ = 0;
};

}  // namespace bellwether::forecast
