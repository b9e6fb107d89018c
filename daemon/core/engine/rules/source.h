// Purpose: rules on sources: a topic with an implausibly low pooled volume is silent, and the rules
// on its measures are suspended.
// Thread safety: see rule_kind.h.
#pragma once

#include <memory>
#include <vector>

#include "core/engine/explain.h"
#include "core/engine/rules/rule_kind.h"

namespace bellwether::engine {

// A source is judged only if its expected pooled volume is at least this.
inline constexpr double kSilentExpectedMin = 20;
inline constexpr double kSilentP = 1e-6;

std::unique_ptr<RuleTest> make_source_test(const alerts::Rule& rule,
                                           const indicators::Panel& panel);
// Always empty, because a source is not a node.
std::vector<PathPoint> trace_source(const PathRequest& request);
Paragraphs explain_source(const View& view, const alerts::Alert& alert, const alerts::Rule& rule);
// "3 observed, 52.3 expected; silent at 20 % of that or less".
std::string source_figures(const alerts::Evidence& evidence, std::string_view unit);

}  // namespace bellwether::engine
