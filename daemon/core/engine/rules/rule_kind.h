// Purpose: the engine's interface to a kind of rule: a test for every tick, a trace and an
// explanation, and the table of the five kinds. Values of a rule are validated where it is read
// (alerts/rule_record.h), because configuration and journal need the validation but may not include
// the engine.
// Thread safety: a RuleTest belongs to its evaluator; everything else is pure.
#pragma once

#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/alerts/book.h"
#include "core/alerts/state_machine.h"
#include "core/engine/explain.h"
#include "core/engine/judgement.h"
#include "core/engine/reporting.h"
#include "core/engine/rules/detector.h"
#include "core/indicators/catalogue.h"
#include "core/indicators/panel.h"
#include "core/reference/reference.h"

namespace bellwether::engine {

// An open alert of a detector is quiet if a value at least as harmful has at least this
// probability.
inline constexpr double kQuietP = 0.2;

// The p-value of a series that is not tested.
inline constexpr double kNotTested = std::numeric_limits<double>::quiet_NaN();

// Rounds to 1e-6, because journaled values must be the same on every machine.
inline double rounded(double x) {
  return std::round(x * 1e6) / 1e6;
}

// A node that a rule judges.
struct Candidate {
  indicators::Node node;
  const alerts::AlertUpdate* open = nullptr;  // its open alert; null if there is none
  bool is_region = false;  // the node of all facts, or the one that stands for it
  bool asked = false;      // a person asks about it, or about one that it stands for
  // Its signal is wanted with evidence, whether it hits or not.
  bool wanted() const { return open != nullptr || asked; }
};

// The data of a tick for the tests of the rules.
struct TickContext {
  const reference::Reference& reference;
  const indicators::Panel& panel;
  const SharesByMeasure& reported;
  const std::vector<domain::Topic>& topics;  // the consumed topics
  const alerts::RuleSet& rules;
  const alerts::Book& book;
  base::PeriodIndex tick;
  detection::Workspace& workspace;
  indicators::LateReports late;  // of `reported`, through `tick`
  const Asked* asked = nullptr;  // tests note a judgement for it; it changes no verdict

  base::Calendar calendar() const { return panel.calendar(); }
  alerts::AlertKey key(const alerts::Rule& rule, indicators::Node node) const;
  // The open alert with that key; null if there is none.
  const alerts::AlertUpdate* open(const alerts::AlertKey& key) const;
  bool asks(const alerts::Rule& rule, indicators::Node node) const;
  bool asks(const alerts::Rule& rule, domain::Topic topic) const;
  // The condition by which the rule does not test the node at this tick; nullopt if it does.
  std::optional<GateKind> out_of_scope(const alerts::NodeScope& nodes, indicators::Node node) const;
  bool in_scope(const alerts::NodeScope& nodes, indicators::Node node) const {
    return !out_of_scope(nodes, node);
  }
  // The nodes that the rule judges, in the order of `nodes`: of equal nodes (equal_nodes.h) only
  // the one that stands for them.
  std::vector<Candidate> judged_once(const alerts::Rule& rule,
                                     std::span<const indicators::Node> nodes) const;
  // The gate on the node's size.
  Gate stock(const alerts::NodeScope& nodes, indicators::Node node,
             base::PeriodIndex period) const {
    return at_least(GateKind::kStock, static_cast<double>(panel.stock(node, period)),
                    nodes.stock_min);
  }
  // Notes the gate of the second condition. True if it is passed, or if there is none.
  bool holds(const std::optional<alerts::SecondCondition>& second, indicators::Node node,
             base::PeriodIndex period, Gates& gates) const;
};

// Collects the updates of a tick.
struct Verdict {
  const TickContext& context;
  alerts::TickEvaluated out;
  std::optional<Judgement> judgement = std::nullopt;  // the answer to context.asked

  // Notes the judgement of the asked series. `candidate`: of its node; any for a source.
  void answer(const Candidate& candidate, alerts::Signal signal, Gates gates);
  void decide(const alerts::Rule& rule, const alerts::AlertKey& key, const alerts::Signal& signal);
  // Adjusts the p-values of a rule's series for their number (Benjamini–Hochberg), and counts the
  // series as assessed. NaN: the series is not tested.
  std::vector<double> adjusted(std::span<const double> p);
  // The reason why a rule that uses these topics is suspended: "source silent: registrations".
  // Empty if none of its sources is silent.
  std::string source_silent(domain::TopicSet rests_on) const;
};

// The test of an enabled rule of the evaluator's rule set. State kept between ticks is a cache.
class RuleTest {
 public:
  // The rule must outlive its test.
  explicit RuleTest(const alerts::Rule& rule) : rule_(rule) {}
  RuleTest(const RuleTest&) = delete;
  RuleTest& operator=(const RuleTest&) = delete;
  virtual ~RuleTest() = default;

  const alerts::Rule& rule() const { return rule_; }
  // Decides on every series of the rule that hits or has an open alert. Rules on sources run before
  // all other rules, because these look up their silent topics in the verdict.
  virtual void test(const TickContext& context, Verdict& verdict) = 0;
  // Why the rule tests no series at this tick: "source silent: support". Empty if it tests some.
  // The verdict knows the silent topics.
  virtual std::string suspended(const TickContext& context, const Verdict& verdict) const = 0;
  // True if the rule still tests the alert's node or source.
  virtual bool in_scope(const TickContext& context, const alerts::AlertKey& key) const;
  // The detectors that are revised when a count changes, and whose baselines are fitted in advance.
  virtual std::span<Detector> detectors() { return {}; }
  // Fits at most `series_max` baselines for the tick of the context, and lowers `series_max` by the
  // number fitted. Returns how many are left.
  size_t prepare(const TickContext& context, size_t& series_max);

 private:
  const alerts::Rule& rule_;
};

struct RuleKindInfo {
  alerts::RuleKind kind;
  std::unique_ptr<RuleTest> (*make_test)(const alerts::Rule& rule, const indicators::Panel& panel);
  // The points first … last of the path of an alert's node; empty for rules on sources.
  std::vector<PathPoint> (*trace)(const PathRequest& request);
  // The paragraphs that depend on the kind: the deviation, its certainty and its beginning.
  Paragraphs (*explain)(const View& view, const alerts::Alert& alert, const alerts::Rule& rule);
  // The unit of the evidence's observed, expected, lower and upper value and of its limit, named as
  // in the catalogue.
  std::string_view (*unit)(const alerts::Rule& rule);
  // "412 observed, 517 expected (20 % below expectation)". `unit`: as above; empty if not known.
  std::string (*figures)(const alerts::Evidence& evidence, std::string_view unit);
};
// Entries in the order of RuleKind.
extern const std::array<RuleKindInfo, alerts::kRuleKindNames.size()> kRuleKinds;

inline const RuleKindInfo& info(alerts::RuleKind kind) {
  return kRuleKinds[static_cast<size_t>(kind)];
}

}  // namespace bellwether::engine
