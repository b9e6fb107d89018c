#include "core/engine/rules/rule_kind.h"

#include <algorithm>

#include "core/base/display.h"
#include "core/base/text.h"
#include "core/detection/multiplicity.h"
#include "core/engine/equal_nodes.h"
#include "core/engine/rules/composite.h"
#include "core/engine/rules/count.h"
#include "core/engine/rules/limit.h"
#include "core/engine/rules/share.h"
#include "core/engine/rules/source.h"

namespace bellwether::engine {

using alerts::AlertKey;
using alerts::AlertUpdate;
using alerts::Rule;
using alerts::RuleKind;
using base::PeriodIndex;
using indicators::Node;

namespace {

std::string_view unit_count(const Rule&) {
  return "count";
}
std::string_view unit_score(const Rule&) {
  return base::kStandardDeviations;
}
std::string_view unit_share(const Rule& rule) {
  return indicators::info(std::get<alerts::ShareRule>(rule.detail).indicator).unit;
}
std::string_view unit_limit(const Rule& rule) {
  return indicators::info(std::get<alerts::LimitRule>(rule.detail).indicator).unit;
}

constexpr std::array<RuleKindInfo, alerts::kRuleKindNames.size()> kKinds = {{
    {RuleKind::kSourceSilent, make_source_test, trace_source, explain_source, unit_count,
     source_figures},
    {RuleKind::kCountDetector, make_count_test, trace_count, explain_count, unit_count,
     count_figures},
    {RuleKind::kRatioDetector, make_share_test, trace_share, explain_share, unit_share,
     count_figures},
    {RuleKind::kIndicatorLimit, make_limit_test, trace_limit, explain_limit, unit_limit,
     limit_figures},
    {RuleKind::kComposite, make_composite_test, trace_composite, explain_composite, unit_score,
     composite_figures},
}};
static_assert([] {
  for (size_t i = 0; i < kKinds.size(); ++i) {
    if (static_cast<size_t>(kKinds[i].kind) != i) return false;
  }
  return true;
}());

bool matches(const std::vector<std::string>& levels, const std::string& level) {
  return levels.empty() || std::ranges::find(levels, level) != levels.end();
}

}  // namespace

const std::array<RuleKindInfo, alerts::kRuleKindNames.size()> kRuleKinds = kKinds;

AlertKey TickContext::key(const Rule& rule, Node node) const {
  return {rule.id, reference.areas.at(node.area).code, reference.sectors.at(node.sector).code};
}

const AlertUpdate* TickContext::open(const AlertKey& key) const {
  auto const found = book.open().find(key);
  return found == book.open().end() ? nullptr : &found->second->state;
}

bool TickContext::asks(const Rule& rule, Node node) const {
  return asked != nullptr && asked->rule == rule.id && asked->at == AskedAt(node);
}
bool TickContext::asks(const Rule& rule, domain::Topic topic) const {
  return asked != nullptr && asked->rule == rule.id && asked->at == AskedAt(topic);
}

std::optional<GateKind> TickContext::out_of_scope(const alerts::NodeScope& nodes, Node node) const {
  if (node.sector == reference::kUnclassified) return GateKind::kClassified;
  const reference::Area& area = reference.areas.at(node.area);
  if (!area.validity.contains(calendar().first_day(tick))) return GateKind::kInForce;
  // The whole and its part without mass addresses change together; a rule that names no level would
  // tell it twice.
  bool const in_levels = nodes.area_levels.empty() ? area.part == reference::AreaPart::kWhole
                                                   : matches(nodes.area_levels, area.level);
  if (!in_levels) return GateKind::kAreaLevel;
  if (!matches(nodes.sector_levels, reference.sectors.at(node.sector).level))
    return GateKind::kSectorLevel;
  return std::nullopt;
}

std::vector<Candidate> TickContext::judged_once(const Rule& rule,
                                                std::span<const Node> nodes) const {
  std::vector<Candidate> all;
  std::vector<bool> has_open;
  for (Node node : nodes) {
    all.push_back({node, open(key(rule, node)), node == Node{}});
    has_open.push_back(all.back().open != nullptr);
  }
  std::vector<size_t> const stands = stand_ins(panel, nodes, has_open);
  std::vector<Candidate> once;
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].is_region) all[stands[i]].is_region = true;
    if (asks(rule, all[i].node)) all[stands[i]].asked = true;
  }
  for (size_t i = 0; i < all.size(); ++i) {
    if (stands[i] == i) once.push_back(all[i]);
  }
  return once;
}

bool TickContext::holds(const std::optional<alerts::SecondCondition>& second, Node node,
                        PeriodIndex period, Gates& gates) const {
  if (!second) return true;
  indicators::Value const v =
      indicators::compute_complete(second->indicator, panel, node, period, late);
  return pass(gates, {GateKind::kSecond, v.ok() && v.value < second->below,
                      v.ok() ? v.value : kNoFigure, second->below});
}

void Verdict::answer(const Candidate& candidate, alerts::Signal signal, Gates gates) {
  judgement = {std::move(signal), std::move(gates), std::nullopt};
  const Node* const node = std::get_if<Node>(&context.asked->at);
  if (node != nullptr && *node != candidate.node) judgement->judged_as = candidate.node;
}

void Verdict::decide(const Rule& rule, const AlertKey& key, const alerts::Signal& signal) {
  if (auto update = alerts::step(rule, key, context.open(key), signal, context.tick, out.historical,
                                 context.book.calendar())) {
    out.updates.push_back(*std::move(update));
  }
}

std::vector<double> Verdict::adjusted(std::span<const double> p) {
  std::vector<double> adjusted(p.size());
  detection::benjamini_hochberg(p, adjusted);
  out.series_assessed += std::ranges::count_if(p, [](double x) { return !std::isnan(x); });
  return adjusted;
}

std::string Verdict::source_silent(domain::TopicSet rests_on) const {
  std::string reason;
  for (const domain::TopicInfo& topic : domain::kTopics) {
    if (!rests_on.contains(topic.id)) continue;
    if (std::ranges::find(out.silent_topics, topic.name) == out.silent_topics.end()) continue;
    base::append(reason, reason.empty() ? "source silent: " : ", ", topic.name);
  }
  return reason;
}

bool RuleTest::in_scope(const TickContext& context, const AlertKey& key) const {
  auto const node = node_of(context.reference, key);
  const alerts::NodeScope* const nodes = alerts::node_scope(rule_);
  return node && nodes != nullptr && context.in_scope(*nodes, *node);
}

size_t RuleTest::prepare(const TickContext& context, size_t& series_max) {
  size_t left = 0;
  for (Detector& detector : detectors()) {
    auto const age = context.reported.testable_age(detector.measure());
    if (!age) continue;
    PeriodIndex const target(context.tick.value - *age);
    MeasureScorer const scorer = detector.scorer(context.panel, context.rules.business_calendar,
                                                 context.tick, context.workspace);
    detection::SharesReported const reported = context.reported.from(detector.measure(), *age);
    left += detector.prepare(context.tick, series_max, [&](uint32_t n) {
      Node const node = context.panel.node(n);
      if (!context.in_scope(*alerts::node_scope(rule_), node)) return false;
      scorer.prepare(*detector.at(n), node, target,
                     exclusions(context.book, context.open(context.key(rule_, node))), reported);
      return true;
    });
  }
  return left;
}

}  // namespace bellwether::engine
