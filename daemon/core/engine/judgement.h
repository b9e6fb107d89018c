// Purpose: "why not?": what a rule saw at a node at a tick, with or without an alert. The rule's
// own test gives the answer, from the data of the tick and the book before it; no rule is written
// twice. why_not.h puts it in words. Thread safety: a TickAgain belongs to one thread; everything
// else is pure.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "core/alerts/book.h"
#include "core/alerts/state_machine.h"
#include "core/detection/detector.h"
#include "core/domain/topics.h"
#include "core/engine/view.h"
#include "core/indicators/panel.h"

namespace bellwether::engine {

class RuleTest;      // rules/rule_kind.h
struct TickContext;  // rules/rule_kind.h

// A condition of a rule. The order is that of bellwether.alerts.v1.GateKind, without its 0.
enum class GateKind : uint8_t {
  kEnabled,      // the rule is
  kClassified,   // the node has a sector
  kInForce,      // the area exists at the tick
  kAreaLevel,    // the rule judges areas of the level
  kSectorLevel,  // and sectors of the level
  kSeen,         // what the rule judges was seen at the node
  kHeard,        // no source is silent, and reports are not too late
  kAssessed,     // the series has a figure
  kExpected,     // count of four weeks or one month; of a source, of the period
  kStock,        // active businesses
  kBeyond,       // the limit
  kInARow,       // periods beyond the limit
  kSure,         // the whole interval is beyond the limit
  kGoing,        // the latest periods still deviate
  kOwnLevel,     // p is at or below the level of a single series …
  kTogether,     // … or of all series of the tick, adjusted for their number …
  kWithRegion,   // … or the whole region deviates, and this series too
  kChange,       // the change statistic is at its threshold; of a composite, this or kTogether
  kSecond,       // the second condition
  kVolume,       // of a source
  kShown,        // the figure may be told
};
inline constexpr size_t kGateKinds = 21;

// The figure of a gate that compares none, or whose figure is not told.
inline constexpr double kNoFigure = std::numeric_limits<double>::quiet_NaN();

// A condition, and how it stood.
struct Gate {
  GateKind kind{};
  bool passed = false;
  double found = kNoFigure;
  double needed = kNoFigure;
};
// In the order in which a rule asks them, up to the first that failed. Of alternatives, all.
using Gates = absl::InlinedVector<Gate, 6>;

inline Gate at_least(GateKind kind, double found, double needed) {
  return {kind, found >= needed, found, needed};
}
inline Gate at_most(GateKind kind, double found, double needed) {
  return {kind, found <= needed, found, needed};
}
// Notes the gate and returns whether it is passed.
inline bool pass(Gates& gates, Gate gate) {
  gates.push_back(gate);
  return gate.passed;
}

// True if the series has a figure, so that its evidence can be made.
bool has_figures(const Gates& gates);

// The question: a rule, and one of its nodes or, for a rule on sources, a topic.
using AskedAt = std::variant<indicators::Node, domain::Topic>;
struct Asked {
  std::string rule;
  AskedAt at;
};

struct Judgement {
  // As the alert's state machine gets it. Beyond that, it has evidence whenever there are figures.
  alerts::Signal signal;
  Gates gates;
  // The node that stands for the asked one, if another one does (equal_nodes.h).
  std::optional<indicators::Node> judged_as;

  // The gate that decides against a hit: the first that failed, or the first of several
  // alternatives that all failed. Null if there is none.
  const Gate* closed() const;
};

// A tick and what it was judged from.
struct JudgedTick {
  std::shared_ptr<const View> view;            // as published after the tick; has data_through
  std::shared_ptr<const alerts::Book> before;  // the book that the tick was judged by
  std::vector<domain::Topic> topics;           // the consumed topics
};

// Judges a tick again for questions about it. Keeps the test of the rule that was asked about last,
// because a test's first run scores the past of all its series: then it is as slow as the first
// tick after a restart, and later questions about the rule are as fast as a tick.
class TickAgain {
 public:
  // REQUIRES: the view has data_through, and the book before has a rule set.
  explicit TickAgain(JudgedTick tick);
  ~TickAgain();

  const JudgedTick& tick() const { return tick_; }
  // REQUIRES: the rule set before the tick has the rule; `at` is a topic exactly if the rule is one
  // on sources.
  Judgement judge(const Asked& asked);

 private:
  TickContext context(const Asked* asked);
  // Lists the silent topics, which the tests of all other rules look up.
  void hear_sources();

  JudgedTick tick_;
  detection::Workspace workspace_;
  std::optional<std::vector<std::string>> silent_topics_;  // nullopt: not yet known
  std::unique_ptr<RuleTest> test_;  // of the rule that was asked about last; null before
};

}  // namespace bellwether::engine
