// Purpose: the change point: a one-sided CUSUM of normal scores, C ← max(0, C + clip(z) − k), alarm
// at C ≥ h (Page 1954, Biometrika 41, 100–115). run_length.h says how often it is wrong. C stays at
// most h: what lies beyond says nothing of whether the change is still there, and a long downturn
// would take as long again to be forgotten. When an alarm begins is not touched by that. Thread
// safety: pure.
#pragma once

#include "core/base/calendar.h"

namespace bellwether::detection {

struct CusumOptions {
  double reference = 0.5;      // k: half of the shift to find, in standard deviations
  double clip = 3;             // a score counts at most this much
  double threshold_h = 5.071;  // in-control average run length 1000
};

// The statistic along a path of scores.
class Cusum {
 public:
  explicit Cusum(const CusumOptions& options) : options_(options) {}
  // A z that is not a number leaves the statistic as it is; an infinite one is clipped.
  void add(base::PeriodIndex period, double z);
  // 0 … threshold_h.
  double value() const { return value_; }
  // The first period since the statistic was last zero; meaningful while value() > 0.
  base::PeriodIndex onset() const { return onset_; }

 private:
  CusumOptions options_;
  double value_ = 0;
  base::PeriodIndex onset_;
};

}  // namespace bellwether::detection
