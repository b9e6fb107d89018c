// Purpose: how wide an interval must be to hold what it promises: quantiles of past forecast
// errors, at a level that follows the misses.
//   Adaptive conformal inference (Gibbs & Candès 2021, NeurIPS 34, equation 2):
//   α ← α + γ (α₀ − miss), whatever the series does the long-run share of misses tends to α₀.
//   Ranks of split conformal prediction (Vovk, Gammerman & Shafer 2005), without its rounding
//   outwards.
// Thread safety: values.
#pragma once

#include <cstddef>
#include <vector>

namespace bellwether::forecast {

inline constexpr double kConformalRate = 0.01;  // γ

// The whole state is α: keep it beside a series to go on where it stood.
class AdaptiveConformal {
 public:
  // `coverage` in (0, 1), e.g. 0.95.
  explicit AdaptiveConformal(double coverage, double rate = kConformalRate)
      : target_(1 - coverage), rate_(rate), alpha_(target_) {}

  // An observation became known: was it outside the interval forecast for it?
  void update(bool miss) { alpha_ += rate_ * (target_ - (miss ? 1 : 0)); }

  double coverage() const { return 1 - target_; }
  // α if none of so many observations to come is a miss: it cannot become larger.
  double alpha_max(size_t observations) const {
    return alpha_ + rate_ * target_ * static_cast<double>(observations);
  }
  // The share of misses to ask for now. May leave [0, 1]: at or below 0 every error yet seen is too
  // small a margin, at or above 1 none is needed.
  double alpha() const { return alpha_; }

 private:
  double target_;
  double rate_;
  double alpha_;
};

struct Margin {
  double below = 0;  // quantiles of the errors: below ≤ above, not always on either side of zero
  double above = 0;
};

// The smallest of some numbers, in order: as many as are asked for.
class Tail {
 public:
  Tail() = default;
  // REQUIRES: values.size() ≤ kept_max.
  Tail(std::vector<double> values, size_t kept_max);
  void add(double value);
  // Between whole ranks linear. REQUIRES: 1 ≤ rank < kept_max, or no more than all values.
  double at(double rank) const;

 private:
  size_t kept_max_ = 0;
  std::vector<double> kept_;
};

// Past errors (observed less forecast) of one horizon.
class Errors {
 public:
  // `rank_max`: the largest (n+1)α/2 of a margin to come, n as it is then. Errors between the tails
  // that it needs are not put in order.
  explicit Errors(std::vector<double> errors, double rank_max = kEveryRank);
  void add(double error);
  size_t size() const { return size_; }
  // The interval of an error to come that misses α, half on each side: order statistics of rank
  // (n+1)α/2 and its mirror, between whole ranks linear. Rounded outwards they would hold at least
  // what they promise, so they hold it on the mean. Where n is too small for these, a normal tail
  // of the errors' mean square, widened by its own uncertainty, if that is beyond the extremes.
  // REQUIRES: size() > 0.
  Margin margin(double alpha) const;

  static constexpr double kEveryRank = 1e6;

 private:
  size_t size_ = 0;
  Tail below_;
  Tail above_;  // of the errors with the other sign
  double squares_ = 0;
};

}  // namespace bellwether::forecast
