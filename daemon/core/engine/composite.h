// Purpose: what a composite rule finds at one node: the scores of its parts, put together, and
// their change point. Thread safety: pure but for the scored series, which are caches of the
// caller's.
#pragma once

#include <span>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "core/alerts/rules.h"
#include "core/detection/composite.h"
#include "core/detection/detector.h"

namespace bellwether::engine {

struct CompositeInput {
  alerts::CompositePart part;
  detection::ScoredSeries* scored;  // not null; knows what its baselines leave out
  detection::CountSeries series;
  detection::SharesReported reported;  // of the target and before
};
using CompositeInputs = absl::InlinedVector<CompositeInput, 4>;  // at most kCompositePartsMax

struct CompositeFinding {
  struct Part {
    alerts::CompositePart part;
    detection::Assessment assessment;
  };
  std::string_view not_assessed;  // why; empty when assessed
  double z = 0;                   // positive is harm
  double p = 1;                   // Φ(−z)
  double cusum = 0;
  base::PeriodIndex onset;             // of the change, while cusum > 0; else the target
  absl::InlinedVector<Part, 4> parts;  // that count at the target
};

// R rests on the scores that a detector's scale rests on: those of the path before the latest. A
// part counts where it has a baseline by season and enough is expected at the target (the rule's
// gate); periods at which fewer than two parts have a score leave the change point as it is.
CompositeFinding assess_composite(const alerts::Rule& rule, std::span<const CompositeInput> inputs,
                                  base::PeriodIndex target, base::Calendar calendar,
                                  detection::Workspace& workspace);

// Ends of the interval that holds a composite's score at kIntervalLevel if nothing happens are ±
// this.
double composite_bound();

}  // namespace bellwether::engine
