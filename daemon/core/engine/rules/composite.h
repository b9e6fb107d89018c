// Purpose: composite rules: the scores of several measures of a node, put together, and their
// change point. Thread safety: see rule_kind.h; assess_composite() is pure but for the scored
// series, which are caches of the caller's.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "core/detection/composite.h"
#include "core/engine/explain.h"
#include "core/engine/rules/rule_kind.h"

namespace bellwether::engine {

struct CompositeInput {
  alerts::CompositePart part;
  detection::ScoredSeries* scored;  // not null; its exclusions are set
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
CompositeFinding assess_composite(const alerts::CompositeRule& rule,
                                  std::span<const CompositeInput> inputs, base::PeriodIndex target,
                                  base::Calendar calendar, detection::Workspace& workspace);

// Ends of the interval that holds a composite's score at kIntervalLevel if nothing happens are ±
// this.
double composite_bound();

std::unique_ptr<RuleTest> make_composite_test(const alerts::Rule& rule,
                                              const indicators::Panel& panel);
// The score of the parts together; nothing is expected but 0.
std::vector<PathPoint> trace_composite(const PathRequest& request);
Paragraphs explain_composite(const View& view, const alerts::Alert& alert,
                             const alerts::Rule& rule);
// "score 3.1 (births 50 observed, 100 expected, +2.7; …)".
std::string composite_figures(const alerts::Evidence& evidence);

}  // namespace bellwether::engine
