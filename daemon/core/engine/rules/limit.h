// Purpose: rules on indicators: a value is beyond a limit, for some periods in a row.
// Thread safety: see rule_kind.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/engine/explain.h"
#include "core/engine/rules/rule_kind.h"

namespace bellwether::engine {

std::unique_ptr<RuleTest> make_limit_test(const alerts::Rule& rule, const indicators::Panel& panel);
// The expected value is the limit.
std::vector<PathPoint> trace_limit(const PathRequest& request);
Paragraphs explain_limit(const View& view, const alerts::Alert& alert, const alerts::Rule& rule);
// "38.5 % against a limit of 40 %".
std::string limit_figures(const alerts::Evidence& evidence, std::string_view unit);

}  // namespace bellwether::engine
