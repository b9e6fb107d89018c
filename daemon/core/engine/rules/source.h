// Purpose: rules on sources: a topic whose pooled volume is implausibly low is silent, and the
// rules on its measures are suspended. Thread safety: see rule_kind.h.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/engine/explain.h"
#include "core/engine/rules/rule_kind.h"

namespace bellwether::engine {

// A source whose pooled volume is expected below this cannot be called silent.
inline constexpr double kSilentExpectedMin = 20;
inline constexpr double kSilentP = 1e-6;

// The measures whose volume shows that a topic is alive. Empty for a topic that has none: its
// silence is not judged, least of all by the measures of another.
std::span<const indicators::Measure> measures_of(std::string_view topic);

std::unique_ptr<RuleTest> make_source_test(const alerts::Rule& rule,
                                           const indicators::Panel& panel);
// Empty: a source is no node.
std::vector<PathPoint> trace_source(const PathRequest& request);
Paragraphs explain_source(const View& view, const alerts::Alert& alert, const alerts::Rule& rule);

}  // namespace bellwether::engine
