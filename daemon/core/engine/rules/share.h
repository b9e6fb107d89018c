// Purpose: rules on shares of two counts: a CUSUM of variance-stabilised scores at every node.
// Thread safety: see rule_kind.h.
#pragma once

#include <memory>
#include <vector>

#include "core/detection/ratio.h"
#include "core/engine/explain.h"
#include "core/engine/rules/rule_kind.h"

namespace bellwether::engine {

struct ShareFinding {
  detection::RatioAssessment assessment;  // of pools of window_periods periods
  indicators::Share pool;                 // the one that ends at the assessed period
  int window_periods = 1;
};

// Assesses the share of two measures at a node against its baseline, which leaves out the excluded
// periods. If the indicator of the rule has a growing window and the latest period has too few
// cases, periods are pooled: the pools are as long as the latest one needs to be, and the last one
// ends at `period`.
ShareFinding assess_share(const alerts::ShareRule& rule, const indicators::ShareMeasures& measures,
                          const indicators::Panel& panel, indicators::Node node,
                          base::PeriodIndex period,
                          std::span<const detection::PeriodRange> excluded);

std::unique_ptr<RuleTest> make_share_test(const alerts::Rule& rule, const indicators::Panel& panel);
// In percent, as in the evidence of these rules.
std::vector<PathPoint> trace_share(const PathRequest& request);
Paragraphs explain_share(const View& view, const alerts::Alert& alert, const alerts::Rule& rule);

}  // namespace bellwether::engine
