// Purpose: what a kind of rule is to the engine: a test that every tick runs, a trace and an
// explanation; and the table of the five kinds. What a rule may hold is checked where it is read
// (alerts/rule_record.h): configuration and journal need that, and may not include the engine.
// Thread safety: a RuleTest is its evaluator's; all else is pure.
#pragma once

#include <array>
#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/alerts/book.h"
#include "core/alerts/state_machine.h"
#include "core/engine/explain.h"
#include "core/engine/reporting.h"
#include "core/engine/rules/detector.h"
#include "core/indicators/catalogue.h"
#include "core/indicators/panel.h"
#include "core/reference/reference.h"

namespace bellwether::engine {

// An open alert of a detector is quiet where a value as harmful has at least this probability.
inline constexpr double kQuietP = 0.2;

// What goes into the journal must be the same on every machine.
inline double rounded(double x) {
  return std::round(x * 1e6) / 1e6;
}

// What a tick offers to the tests of the rules.
struct TickContext {
  const reference::Reference& reference;
  const indicators::Panel& panel;
  const SharesByMeasure& reported;
  const std::vector<std::string>& topics;  // consumed, by domain::TopicInfo::name
  const alerts::RuleSet& rules;
  const alerts::Book& book;
  base::PeriodIndex tick;
  detection::Workspace& workspace;

  base::Calendar calendar() const { return panel.calendar(); }
  alerts::AlertKey key(const alerts::Rule& rule, indicators::Node node) const;
  // The open alert of that key; null when there is none.
  const alerts::AlertUpdate* open(const alerts::AlertKey& key) const;
  // Whether the node is one that the rule tests at this tick.
  bool in_scope(const alerts::NodeScope& nodes, indicators::Node node) const;
  // Gate of the node's size.
  bool large_enough(const alerts::NodeScope& nodes, indicators::Node node,
                    base::PeriodIndex period) const {
    return static_cast<double>(panel.stock(node, period)) >= nodes.stock_min;
  }
  // True where there is no second condition.
  bool holds(const std::optional<alerts::SecondCondition>& second, indicators::Node node,
             base::PeriodIndex period) const;
};

// The updates of a tick, as they are found.
struct Verdict {
  const TickContext& context;
  alerts::TickEvaluated out;

  void decide(const alerts::Rule& rule, const alerts::AlertKey& key, const alerts::Signal& signal);
  // Why a rule that rests on these topics is suspended: "source silent: registrations"; empty if no
  // source of them is silent.
  std::string source_silent(domain::TopicSet rests_on) const;
};

// An enabled rule of the evaluator's rule set, with what it keeps between ticks: a cache.
class RuleTest {
 public:
  // The rule must outlive its test.
  explicit RuleTest(const alerts::Rule& rule) : rule_(rule) {}
  RuleTest(const RuleTest&) = delete;
  RuleTest& operator=(const RuleTest&) = delete;
  virtual ~RuleTest() = default;

  const alerts::Rule& rule() const { return rule_; }
  // Decides on every series of the rule that hits or has an open alert. Rules on sources come
  // before all others, which look up their silent topics in the verdict.
  virtual void test(const TickContext& context, Verdict& verdict) = 0;
  // Whether the rule still tests what the alert is of.
  virtual bool in_scope(const TickContext& context, const alerts::AlertKey& key) const;
  // The detectors whose paths a changed count revises, and whose baselines are fitted ahead.
  virtual std::span<Detector> detectors() { return {}; }
  // Fits baselines for the tick of the context, at most `series_max`, which it lowers by those that
  // it fits; returns how many are left.
  size_t prepare(const TickContext& context, size_t& series_max);

 private:
  const alerts::Rule& rule_;
};

struct RuleKindInfo {
  alerts::RuleKind kind;
  std::unique_ptr<RuleTest> (*make_test)(const alerts::Rule& rule, const indicators::Panel& panel);
  // The points first … last of the path of an alert's node; empty for rules on sources.
  std::vector<PathPoint> (*trace)(const PathRequest& request);
  // What turned, how sure, since when: the paragraphs that depend on the kind.
  Paragraphs (*explain)(const View& view, const alerts::Alert& alert, const alerts::Rule& rule);
  // "412 observed, 517 expected (20 % below expectation)".
  std::string (*figures)(const alerts::Evidence& evidence);
};
// In the order of RuleKind.
extern const std::array<RuleKindInfo, alerts::kRuleKindNames.size()> kRuleKinds;

inline const RuleKindInfo& info(alerts::RuleKind kind) {
  return kRuleKinds[static_cast<size_t>(kind)];
}

}  // namespace bellwether::engine
