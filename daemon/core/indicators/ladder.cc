#include "core/indicators/ladder.h"

#include <algorithm>
#include <utility>

#include "core/indicators/by_decile.h"
#include "core/indicators/disclosure.h"

namespace bellwether::indicators {
namespace {

// Sets what follows from the step's counts and those of the node.
void weigh(LadderStep& step, double supported_of_node, double stock_of_node) {
  double const share_of_stock = step.stock / stock_of_node;
  step.contribution = 100 * (step.supported / supported_of_node - share_of_stock);
  step.more = std::max(0.0, share_of_stock * supported_of_node - step.supported);
}

void finish(Ladder& ladder) {
  std::ranges::stable_sort(ladder.steps, {}, &LadderStep::contribution);
  ladder.rest = ladder.gap.value;
  for (const LadderStep& step : ladder.steps) ladder.rest -= step.contribution;
}

}  // namespace

Ladder ladder(const Panel& panel, Node node, PeriodIndex period, const LateReports& late) {
  const domain::Formula& formula = info(Indicator::kInclusionGap).compute;
  Reading const reading(panel, node, late, Reading::Late::kAsReported);
  Ladder out;
  out.gap = compute(Indicator::kInclusionGap, reading, period);
  if (!out.gap.ok()) return out;
  Span const now{period, period};  // of levels
  out.stock = sum(decile_classes(formula, reading, now).known).size;
  const reference::Areas& areas = panel.reference().areas;
  for (AreaId part : areas.children(node.area)) {
    if (areas.at(part).is_leaf || areas.is_place(part)) continue;
    DecileClasses const classes = decile_classes(formula, reading.at({part, node.sector}), now);
    stats::PopulationClass const deprived = sum(classes.deprived());
    LadderStep step{part, deprived.cases, deprived.size};
    weigh(step, out.gap.denominator, out.stock);
    out.steps.push_back(step);
  }
  finish(out);
  return out;
}

Ladder disclosed(const Ladder& exact, Value told_gap) {
  Ladder out;
  out.gap = std::move(told_gap);
  out.stock = exact.stock;
  if (!out.gap.ok()) return out;
  out.steps = exact.steps;
  std::vector<double> supported;
  for (const LadderStep& step : out.steps) supported.push_back(step.supported);
  std::vector<bool> const small = withheld(supported);
  for (size_t i = 0; i < out.steps.size(); ++i) {
    LadderStep& step = out.steps[i];
    step.withheld = small[i];
    step.supported = small[i] ? 0 : rounded_cases(step.supported);
    weigh(step, out.gap.denominator, out.stock);
    step.more = rounded_up_cases(step.more);
  }
  finish(out);
  // What is left of the gap would tell the sum of the withheld counts.
  if (std::ranges::any_of(small, [](bool is) { return is; })) out.rest = 0;
  return out;
}

}  // namespace bellwether::indicators
