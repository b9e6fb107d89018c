// Purpose: the CUSUM of counts against an expectation that may change from period to period, by the
// likelihood ratio of two Poisson rates; its average run length and its threshold. Invariants:
// finite, never below 0, never reset after an alarm. A period changes the statistic only if its
// count is a finite number ≥ 0 and its expectation a finite number > 0. Thread safety: values; the
// functions are pure.
#pragma once

#include <cstdint>

#include "core/base/calendar.h"

namespace bellwether::analysis {

// The state of a one-sided CUSUM between two periods.
class Accumulation {
 public:
  // S ← max(0, S + step). Unchanged if that is not a finite number.
  void add(base::PeriodIndex period, double step);
  double value() const { return value_; }
  // The first period since the statistic was last zero; meaningful while value() > 0.
  base::PeriodIndex onset() const { return onset_; }

 private:
  double value_ = 0;
  base::PeriodIndex onset_;
};

// k = (λ₁ − λ₀)/(ln λ₁ − ln λ₀) with λ₁ = rate_ratio · λ₀ (Lucas 1985, Technometrics 27, 129–144,
// equation 2). REQUIRES rate_ratio > 0 and ≠ 1.
double poisson_reference(double rate, double rate_ratio);

// A ratio above one finds a rise: S ← max(0, S + Y − k). A ratio below one finds a fall: S ← max(0,
// S + k − Y). k is the reference of each period's own expectation. S is the log likelihood ratio
// divided by |ln rate_ratio|; its unit is counts.
class PoissonCusum {
 public:
  explicit PoissonCusum(double rate_ratio) : rate_ratio_(rate_ratio) {}
  void add(base::PeriodIndex period, double observed, double expected);
  double value() const { return sum_.value(); }
  base::PeriodIndex onset() const { return sum_.onset(); }

 private:
  double rate_ratio_;
  Accumulation sum_;
};

enum class Side : uint8_t { kUpper, kLower };

// Average number of counts with mean `rate` until S ≥ h, where S ← max(0, S ± (Y − k)) starts at
// `head_start`. Exact, by a Markov chain on the lattice of 1/`lattice` (Lucas 1985). REQUIRES k, h
// and head_start to be multiples of 1/lattice, and h·lattice ≤ kLatticeStatesMax.
inline constexpr int kLatticeStatesMax = 2000;
double poisson_cusum_average_run_length(double reference, double threshold_h, double rate,
                                        Side side, int lattice, double head_start = 0);

// The h at which the average run length at a constant `rate` > 0 is `in_control` > 1. Exact on a
// lattice that holds k, for the rate that has this k (for rates from 0.1 within 1.3 % of the given
// rate). Between lattice points ln ARL is taken as linear. Counts of a large rate are taken as
// normal. If even the smallest h runs longer, returns that h.
double poisson_cusum_threshold(double rate, double rate_ratio, double in_control);

}  // namespace bellwether::analysis
