// Purpose: an alert: where it is, its state after a tick, and the figures behind it. fields.h
// describes these records. Thread safety: values.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/alerts/severity.h"
#include "core/base/calendar.h"
#include "core/detection/series.h"

namespace bellwether::alerts {

using base::PeriodIndex;
using base::UnixMillis;

// The number stands in the journal and in snapshots: append only. 3 is reserved: a falling severity
// is no transition, since an alert keeps its severity until it is cleared.
enum class TransitionKind : uint8_t {
  kNone = 0,
  kRaised = 1,
  kEscalated = 2,
  kCleared = 4,
  kAcknowledged = 5,
  kSuspended = 6,
  kResumed = 7,
};
// By number; empty where it is reserved.
inline constexpr std::array<std::string_view, 8> kTransitionNames = {
    "none", "raised", "escalated", "", "cleared", "acknowledged", "suspended", "resumed"};

// Periods further than this from 1970 are read as damage: 8333 years of months, 1916 of weeks.
inline constexpr int32_t kPeriodsFromEpochMax = 100'000;

// Why an alert was cleared. The number stands in the journal: append only.
enum class ClearReason : uint8_t {
  kQuiet,         // the condition for clearing held for long enough
  kOutOfScope,    // its node is no longer one that the rule tests: an area set has ended
  kRuleRemoved,   // the rule set no longer has its rule
  kRuleDisabled,  // its rule is switched off
};
inline constexpr std::array<std::string_view, 4> kClearReasonNames = {
    "quiet", "out_of_scope", "rule_removed", "rule_disabled"};

// Codes, not ids: the journal outlives a change of the reference files.
struct AlertKey {
  std::string rule;
  std::string area;
  std::string sector;
  // The key of an alert on a source: the journal writes its topic in the place of an area.
  static AlertKey of_source(std::string rule, std::string topic) {
    return {std::move(rule), std::move(topic), "all"};
  }
  // The topic. REQUIRES a key that of_source() made.
  const std::string& source() const { return area; }
  friend auto operator<=>(const AlertKey&, const AlertKey&) = default;
};

// How much one part of a node accounts for.
struct Contribution {
  std::string area;
  std::string sector;
  double observed = 0;
  double expected = 0;
  double share = 0;     // of the node's difference; of a composite's score
  std::string measure;  // composites: the measure by name; else empty
  double z = 0;         // composites: its own score; positive is harm
  friend bool operator==(const Contribution&, const Contribution&) = default;
};

// As bellwether.alerts.v1.Evidence.
struct Evidence {
  PeriodIndex period;
  double observed = 0;
  double expected = 0;
  double lower = 0;
  double upper = 0;
  double p = 1;
  double p_adjusted = 1;
  double z = 0;
  double cusum = 0;
  double cusum_threshold = 0;
  double dispersion = 1;
  double ratio = 1;
  int32_t baseline_periods = 0;
  PeriodIndex baseline_first;
  PeriodIndex baseline_last;
  int32_t downweighted = 0;
  double score_scale = 1;
  detection::BaselineKind baseline_kind{};
  // kRecentAgainstYearBefore: deviate of the same period of the year before; positive is a rise.
  double year_before = 0;
  double limit = 0;
  double reported = 1;       // share of the period's events that should have been reported by then
  double nowcast = 0;        // of the whole count, where reported < 1
  double nowcast_lower = 0;  // its 95 % interval
  double nowcast_upper = 0;
  std::vector<Contribution> contributions;
  friend bool operator==(const Evidence&, const Evidence&) = default;
};

// State of an alert after a tick, and what the tick changed.
struct AlertUpdate {
  AlertKey key;
  PeriodIndex raised;
  Severity severity{};
  Severity severity_max{};
  bool open = true;
  PeriodIndex onset;
  int32_t quiet_ticks = 0;
  int32_t frozen_ticks = 0;  // since red; the baseline leaves out what follows the onset
  std::string suspended;     // why it could not be assessed; empty when it was
  uint32_t recent_hits = 0;  // bit i: hit at the i-th tick before this one
  bool historical = false;
  TransitionKind transition = TransitionKind::kNone;
  ClearReason clear_reason = ClearReason::kQuiet;  // once it is no longer open
  Evidence evidence;
  friend bool operator==(const AlertUpdate&, const AlertUpdate&) = default;
};

struct Acknowledgement {
  std::string actor;
  std::string comment;
  UnixMillis at;
};

struct Alert {
  std::string name;  // "R1.SG.C.1997-06"
  AlertUpdate state;
  UnixMillis raised_at;
  std::optional<PeriodIndex> cleared;
  UnixMillis cleared_at;
  Evidence raised_evidence;
  std::optional<Acknowledgement> acknowledgement;
};
using AlertPtr = std::shared_ptr<const Alert>;

}  // namespace bellwether::alerts
