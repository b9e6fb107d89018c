// Purpose: the series of a rule at one period, judged together: their p recalibrated on the scores
// of all of them, and adjusted for their number. The daemon does so at each tick and `backtest` at
// each period of the past.
// Invariants: a function of the set of series, whatever their order. Thread safety: pure but for
// the Recalibration, which is room to work in and belongs to one thread.
#pragma once

#include <span>

#include "core/detection/detector.h"
#include "core/detection/recalibration.h"

namespace bellwether::detection {

struct Judged {
  const Assessment* assessment = nullptr;  // null: not tested, which leaves p and p_adjusted at 1
  std::span<const double> settled_tail;    // of its path (ScoredSeries::settled_tail)
  double p = 1;                            // of the harmful tail, recalibrated
  double p_adjusted = 1;                   // by Benjamini–Hochberg (multiplicity.h)
};

// Sets p and p_adjusted of each.
void judge_together(std::span<Judged> series, Recalibration& recalibration);

}  // namespace bellwether::detection
