// Purpose: rules on shares of two counts: a CUSUM of variance-stabilised scores at every node.
// Thread safety: see rule_kind.h.
#pragma once

#include <memory>
#include <vector>

#include "core/detection/ratio.h"
#include "core/engine/explain.h"
#include "core/engine/rules/rule_kind.h"

namespace bellwether::engine {

// Assesses the share of two measures at a node against its baseline, which leaves out the excluded
// periods.
detection::RatioAssessment assess_share(const alerts::ShareRule& rule,
                                        const indicators::ShareMeasures& measures,
                                        const indicators::Panel& panel, indicators::Node node,
                                        base::PeriodIndex period,
                                        std::span<const detection::PeriodRange> excluded);

std::unique_ptr<RuleTest> make_share_test(const alerts::Rule& rule, const indicators::Panel& panel);
// In percent, as in the evidence of these rules.
std::vector<PathPoint> trace_share(const PathRequest& request);
Paragraphs explain_share(const View& view, const alerts::Alert& alert, const alerts::Rule& rule);

}  // namespace bellwether::engine
