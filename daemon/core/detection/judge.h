// Purpose: judges all series of a rule together: their p-values are recalibrated on the scores of
// all of them, and adjusted for their number. The daemon does this at each tick and `backtest` at
// each past period.
// Invariants: a function of the set of series; their order does not matter.
// Thread safety: pure except for the Recalibration, which is scratch space and belongs to one
// thread.
#pragma once

#include <span>

#include "core/detection/detector.h"
#include "core/detection/recalibration.h"

namespace bellwether::detection {

struct Judged {
  const Assessment* assessment = nullptr;  // null: not tested; p and p_adjusted stay 1
  std::span<const double> settled_tail;    // of its path (ScoredSeries::settled_tail)
  double p = 1;                            // of the harmful tail, recalibrated
  double p_adjusted = 1;                   // by Benjamini–Hochberg (multiplicity.h)
};

// Sets p and p_adjusted of each series.
void judge_together(std::span<Judged> series, Recalibration& recalibration);

}  // namespace bellwether::detection
