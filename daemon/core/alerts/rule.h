// Purpose: the types of the rules that turn scores and indicators into alerts. A rule has the
// fields that all rules share, and those of its kind. Measures and indicators are resolved when a
// rule is read, so that a rule with a misspelt subject cannot exist. Topics and levels stay names,
// because they depend on the deployment (its configuration and reference files), which this folder
// does not know.
// Thread safety: values.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/alerts/severity.h"
#include "core/base/business_calendar.h"
#include "core/base/harm.h"
#include "core/detection/judge.h"
#include "core/indicators/catalogue.h"
#include "core/indicators/deltas.h"

namespace bellwether::alerts {

using base::Harm;

// Snapshots store the number: append only.
enum class RuleKind : uint8_t {
  kSourceSilent,    // the pooled volume of a topic is implausibly low
  kCountDetector,   // Farrington flexible and averages of the scores of a measure
  kRatioDetector,   // CUSUM of variance-stabilised scores of a share
  kIndicatorLimit,  // an indicator is beyond a limit for some periods
  kComposite,       // CUSUM of the combined scores of several measures of a node
};
inline constexpr std::array<std::string_view, 5> kRuleKindNames = {
    "source_silent", "count_detector", "ratio_detector", "indicator_limit", "composite"};

// The nodes that a rule tests.
struct NodeScope {
  double stock_min = 100;                  // gate: fewest active businesses of the node
  std::vector<std::string> sector_levels;  // empty = all
  std::vector<std::string> area_levels;    // empty = all, but no parts (reference::AreaPart)
};

// Requires that the node's indicator is below a limit.
struct SecondCondition {
  indicators::Indicator indicator{};
  double below = 0;
};

struct SourceRule {
  double limit = 0;  // silent at this share of the expected volume, or less
};

struct CountRule {
  indicators::Measure measure{};
  Harm harm{};
  double expected_min = 5;  // gate: expected count of four weeks or one month
  double ratio_red = 0.10;  // two hits of three ticks give red only if |y/μ − 1| is at least
                            // this
  std::optional<SecondCondition> second;
  NodeScope nodes;
};

struct ShareRule {
  indicators::Indicator indicator{};  // must be a share of two measures: share_of()
  Harm harm{};
  double cusum_threshold = 0;  // hit at C ≥ this
  NodeScope nodes;
};

struct LimitRule {
  indicators::Indicator indicator{};
  Harm harm{};
  double limit = 0;             // in the indicator's unit
  int32_t persistence = 1;      // number of periods in a row
  double clear_fraction = 0.8;  // an alert clears at this fraction of the limit
  std::optional<SecondCondition> second;
  NodeScope nodes;
};

// One measure of a composite, and its harmful side.
struct CompositePart {
  indicators::Measure measure{};
  Harm harm{};
  double weight = 1;
  friend bool operator==(const CompositePart&, const CompositePart&) = default;
};
inline constexpr double kPartWeightMax = 100;

struct CompositeRule {
  std::vector<CompositePart> parts;
  double cusum_threshold = 0;  // red at C ≥ this
  double expected_min = 5;     // gate of each part, as in a count rule
  std::optional<SecondCondition> second;
  NodeScope nodes;
};

// Alternatives in the order of RuleKind.
using RuleDetail = std::variant<SourceRule, CountRule, ShareRule, LimitRule, CompositeRule>;
static_assert(std::variant_size_v<RuleDetail> == kRuleKindNames.size());

struct RuleRecord;

struct Rule {
  std::string id;           // "R1"; letters, digits
  std::string title;        // "births falling"
  Severity severity{};      // the highest severity of its alerts; red needs more than one hit or an
                            // established change
  std::string action;       // what to do, for the analyst
  int32_t clear_ticks = 4;  // an alert clears after this many quiet periods in a row
  bool enabled = true;
  RuleDetail detail;
  // The record that the rule was read from, if it contains more than the fields above: keys without
  // effect on this kind, or a part whose weight is written differently. Old rule sets have such
  // keys, and their digests include them. Otherwise null.
  std::shared_ptr<const RuleRecord> read_from;

  RuleKind kind() const { return static_cast<RuleKind>(detail.index()); }
  // True if the records are equal (rule_record.h).
  friend bool operator==(const Rule& a, const Rule& b);
};

// Null for a rule that does not test nodes.
const NodeScope* node_scope(const Rule& rule);
NodeScope* node_scope(Rule& rule);

struct RuleSet {
  std::vector<Rule> rules;
  // False alarms a series-year that count rules may raise. nullopt: the rule set was journaled
  // before this could be stated, so the default holds.
  std::optional<double> false_alarms_a_year;
  // The upper limit of the false-discovery rate over the series of a tick.
  double false_discovery_rate = 0.05;
  base::BusinessCalendar business_calendar;  // the days that are not like others
  detection::StatedRate stated_rate() const;
  friend bool operator==(const RuleSet&, const RuleSet&) = default;
};

// The rule with that id; null if there is none.
const Rule* find_rule(const RuleSet& rules, std::string_view id);

inline constexpr size_t kRulesMax = 64;
inline constexpr size_t kRuleIdBytesMax = 16;

}  // namespace bellwether::alerts
