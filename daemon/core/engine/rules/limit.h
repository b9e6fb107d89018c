// Purpose: rules on indicators: a value is beyond a limit, for some periods in a row, and its
// interval shows that this is no chance. Thread safety: see rule_kind.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/engine/explain.h"
#include "core/engine/rules/rule_kind.h"

namespace bellwether::engine {

// A hit needs the whole interval of this level beyond the limit.
inline constexpr double kLimitLevel = 0.999;
// An alert ends when the value passes the fraction of the limit for clearing, or when the interval
// of this level holds that value.
inline constexpr double kLimitEndLevel = 0.8;

// Of a gap, the distance from parity (0) is what must be sure: a hit needs the whole interval of
// this level beyond 0. Its alert ends by the value alone.
inline constexpr double kGapLevel = 0.95;

std::unique_ptr<RuleTest> make_limit_test(const alerts::Rule& rule, const indicators::Panel& panel);
// The expected value is the limit; the interval has the level kLimitLevel.
std::vector<PathPoint> trace_limit(const PathRequest& request);
Paragraphs explain_limit(const View& view, const alerts::Alert& alert, const alerts::Rule& rule);
// "38.5 % (99.9 % interval 36.1 to 39.8) against a limit of 40 %".
std::string limit_figures(const alerts::Evidence& evidence, std::string_view unit);

}  // namespace bellwether::engine
