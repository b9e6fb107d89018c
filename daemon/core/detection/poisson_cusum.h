// Purpose: CUSUMs of counts against an expectation that may differ from period to period: by the
// likelihood ratio of two Poisson rates, and of counts transformed to be about normal.
// Invariants: finite, never below 0, never reset after an alarm; a period that is not added leaves
// them as they are, and so does one whose count is not a finite number ≥ 0 or whose expectation is
// not one > 0.
// Thread safety: values; the functions are pure.
#pragma once

#include <cstdint>

#include "core/base/calendar.h"
#include "core/detection/run_length.h"

namespace bellwether::detection {

// What a one-sided CUSUM is between two periods.
class Accumulation {
 public:
  // S ← max(0, S + step); as it was, where that is not a finite number.
  void add(base::PeriodIndex period, double step);
  double value() const { return value_; }
  // The first period since the statistic was last zero; meaningful while value() > 0.
  base::PeriodIndex onset() const { return onset_; }

 private:
  double value_ = 0;
  base::PeriodIndex onset_;
};

// k = (λ₁ − λ₀)/(ln λ₁ − ln λ₀) where λ₁ = rate_ratio · λ₀ (Lucas 1985, Technometrics 27, 129–144,
// equation 2). REQUIRES rate_ratio > 0 and ≠ 1.
double poisson_reference(double rate, double rate_ratio);

// Above one the ratio looks for a rise, S ← max(0, S + Y − k); below one for a fall,
// S ← max(0, S + k − Y), k being that of each period's own expectation. S is the log likelihood
// ratio over |ln rate_ratio|: in counts.
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

// The h at which the average run length at a constant `rate` > 0 is `in_control`, from 1 to
// kInControlMax: exact on a lattice that holds k, at the rate whose k that is (for rates from 0.1
// within 1.3 % of the one given); between the points of the lattice ln ARL is taken to be linear. A
// large rate's counts are taken to be normal. Where even the smallest h runs longer, that h.
inline constexpr double kInControlMax = 1e9;
double poisson_cusum_threshold(double rate, double rate_ratio, double in_control);

// Transformations that make a Poisson count with mean m about standard normal, as algo.cusum of R's
// surveillance has them. REQUIRES y ≥ 0 and m > 0, both finite.
enum class CountTransform : uint8_t {
  kRossi,  // (y − 3 m + 2 √(m y))/(2 √m): Rossi, Lampugnani & Marchi (1999), Stat. in Medicine 18
  kStandard,  // (y − m)/√m
  kAnscombe,  // 3/2 (y^⅔ − m^⅔)/m^⅙
};
double transformed(CountTransform transform, double observed, double expected);

// S ← max(0, S + transformed(Y) − k): looks for a rise.
class CountCusum {
 public:
  CountCusum(CountTransform transform, double reference)
      : transform_(transform), reference_(reference) {}
  void add(base::PeriodIndex period, double observed, double expected);
  double value() const { return sum_.value(); }
  base::PeriodIndex onset() const { return sum_.onset(); }

 private:
  CountTransform transform_;
  double reference_;
  Accumulation sum_;
};

}  // namespace bellwether::detection
