// Purpose: rules on counts: Farrington flexible and a CUSUM of its scores for a measure at every
// node.
// Thread safety: see rule_kind.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/engine/explain.h"
#include "core/engine/rules/rule_kind.h"

namespace bellwether::engine {

inline constexpr size_t kContributionsMax = 5;  // sectors, and as many areas

std::unique_ptr<RuleTest> make_count_test(const alerts::Rule& rule, const indicators::Panel& panel);
std::vector<PathPoint> trace_count(const PathRequest& request);
Paragraphs explain_count(const View& view, const alerts::Alert& alert, const alerts::Rule& rule);
// "412 observed, 517 expected (20 % below expectation)".
std::string count_figures(const alerts::Evidence& evidence, std::string_view unit);

}  // namespace bellwether::engine
