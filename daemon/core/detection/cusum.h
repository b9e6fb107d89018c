// Purpose: the change point: a one-sided CUSUM of normal scores, C ← max(0, C + clip(z) − k), alarm
// at C ≥ h (Page 1954, Biometrika 41, 100–115). run_length.h computes its false-alarm rate. C is
// bounded at h, because a larger value does not show whether the change persists, and after a long
// downturn C would take as long to return to 0. The bound does not change when an alarm begins.
// Thread safety: pure.
#pragma once

#include "core/base/calendar.h"

namespace bellwether::detection {

struct CusumOptions {
  double reference = 0.5;      // k: half of the shift to detect, in standard deviations
  double clip = 3;             // each score is clipped to ± this value
  double threshold_h = 5.071;  // in-control average run length 1000
};

// The statistic for a sequence of scores.
class Cusum {
 public:
  explicit Cusum(const CusumOptions& options) : options_(options) {}
  // Ignores z if it is NaN; clips z if it is infinite.
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
