// Purpose: composite rules: the combined score of several measures of a node, and its change point.
// Thread safety: see rule_kind.h; assess_composite() is pure except for the scored series, which
// are the caller's caches.
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
  detection::SharesReported reported;  // of the target and earlier periods
};
using CompositeInputs = absl::InlinedVector<CompositeInput, 4>;  // at most kCompositePartsMax

struct CompositeFinding {
  struct Part {
    alerts::CompositePart part;
    detection::Assessment assessment;
  };
  std::string_view not_assessed;  // the reason; empty if assessed
  bool closed = false;            // the reason is that the target is closed
  double z = 0;                   // positive is harm
  double p = 1;                   // Φ(−z)
  double cusum = 0;
  base::PeriodIndex onset;             // of the change, if cusum > 0; otherwise the target
  absl::InlinedVector<Part, 4> parts;  // the parts used at the target
};

// R is estimated from the same scores as a detector's scale: those of the path before the latest
// periods. A part is used if it has a seasonal baseline and its expected count at the target passes
// the rule's gate. Periods with scores of fewer than two parts leave the change point unchanged.
CompositeFinding assess_composite(const alerts::CompositeRule& rule,
                                  std::span<const CompositeInput> inputs, base::PeriodIndex target,
                                  base::Calendar calendar, detection::Workspace& workspace);

// If nothing happens, a composite's score lies within ± this value with probability kIntervalLevel.
double composite_bound();

std::unique_ptr<RuleTest> make_composite_test(const alerts::Rule& rule,
                                              const indicators::Panel& panel);
// The combined score of the parts; the expected value is 0.
std::vector<PathPoint> trace_composite(const PathRequest& request);
Paragraphs explain_composite(const View& view, const alerts::Alert& alert,
                             const alerts::Rule& rule);
// "score 3.1 standard deviations (births 50 observed, 100 expected, +2.7; …)".
std::string composite_figures(const alerts::Evidence& evidence, std::string_view unit);

}  // namespace bellwether::engine
