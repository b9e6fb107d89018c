// Purpose: what turns scores and indicators into alerts: the rules as data, their defaults, and
// what a rule set may not say. A rule set is journaled whole, so that every evaluation can be
// reproduced. Thread safety: values and pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "core/base/calendar.h"
#include "core/indicators/deltas.h"
#include "core/base/harm.h"

namespace bellwether::alerts {

enum class Severity : uint8_t { kNone, kOps, kAmber, kRed };
inline constexpr std::array<std::string_view, 4> kSeverityNames = {"none", "ops", "amber", "red"};

enum class RuleKind : uint8_t {
  kSourceSilent,    // a topic's pooled volume implausibly low
  kCountDetector,   // Farrington flexible and CUSUM on a measure
  kRatioDetector,   // CUSUM of variance-stabilised scores of a share
  kIndicatorLimit,  // an indicator beyond a limit for some periods
  kComposite,       // CUSUM of the scores of several measures of a node together
};
inline constexpr std::array<std::string_view, 5> kRuleKindNames = {
    "source_silent", "count_detector", "ratio_detector", "indicator_limit", "composite"};

using base::Harm;

struct Rule {
  std::string id;     // "R1"; letters, digits
  std::string title;  // "births falling"
  RuleKind kind{};
  std::string subject;      // measure (count detectors), indicator (others), topic (source silent)
  Harm harm{};              // which side is harm
  Severity severity{};      // the highest that it gives; amber/red rules begin at amber
  std::string action;       // what to do, for the analyst
  double stock_min = 100;   // gate: active businesses of the node
  double expected_min = 5;  // gate: expected count of four weeks or one month
  double cusum_threshold = 0;   // red at C ≥ this
  double ratio_red = 0.10;      // red on two hits of three only where |y/μ − 1| reaches this
  double limit = 0;             // indicator rules: the limit; source silent: share of the expected
  int32_t persistence = 1;      // indicator rules: periods in a row
  double clear_fraction = 0.8;  // indicator rules: clears at this fraction of the limit
  int32_t clear_ticks = 4;      // quiet periods in a row until it clears
  std::vector<std::string> sector_levels;  // tested; empty = all
  std::vector<std::string> area_levels;    // tested; empty = all
  std::string
      second_subject;  // a second condition: this indicator below second_limit; empty = none
  double second_limit = 0;
  std::vector<std::string> parts;  // composites: "births:low" or, with a weight, "deaths:high:0.5"
  bool enabled = true;
  friend bool operator==(const Rule&, const Rule&) = default;
};

// One measure of a composite, and what counts as its harm.
struct CompositePart {
  indicators::Measure measure{};
  Harm harm{};
  double weight = 1;
};
inline constexpr double kPartWeightMax = 100;
// nullopt where it is no measure, no side, or a weight that is not above 0 and at most
// kPartWeightMax.
std::optional<CompositePart> parse_part(std::string_view text);

struct RuleSet {
  std::vector<Rule> rules;
  double false_discovery_rate = 0.05;  // Benjamini–Hochberg over a tick
  friend bool operator==(const RuleSet&, const RuleSet&) = default;
};

// The rule of that id; null when there is none.
const Rule* find_rule(const RuleSet& rules, std::string_view id);

inline constexpr size_t kRulesMax = 64;
inline constexpr size_t kRuleIdBytesMax = 16;

// The defaults for a calendar (product documentation: the table of rules). The composite, R13, is
// disabled: in the backtests it did worse than births alone (daemon/core/detection/README.md).
RuleSet default_rules(base::Calendar calendar);

// 16 hexadecimal digits over every field; equal rule sets have equal digests.
std::string digest(const RuleSet& rules);

// Error: InvalidArgument naming every wrong field as "rules.R1.limit: what; what to do".
absl::Status validate(const RuleSet& rules);

}  // namespace bellwether::alerts
