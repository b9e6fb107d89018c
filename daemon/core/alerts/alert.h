// Purpose: an alert: its node, its state after a tick, and the numbers behind it. fields.h
// describes these records.
// Thread safety: values.
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
#include "core/detection/judge.h"
#include "core/detection/series.h"

namespace bellwether::alerts {

using base::PeriodIndex;
using base::UnixMillis;

// The journal and snapshots store the number: append only. 3 is reserved: a falling severity is not
// a transition, because an alert keeps its severity until it is cleared.
enum class TransitionKind : uint8_t {
  kNone = 0,
  kRaised = 1,
  kEscalated = 2,
  kCleared = 4,
  kAcknowledged = 5,
  kSuspended = 6,
  kResumed = 7,
};
// Names by number; the reserved number has an empty name.
inline constexpr std::array<std::string_view, 8> kTransitionNames = {
    "none", "raised", "escalated", "", "cleared", "acknowledged", "suspended", "resumed"};

// A period farther than this from 1970 is treated as data corruption: 8333 years of months, 1916 of
// weeks.
inline constexpr int32_t kPeriodsFromEpochMax = 100'000;

// Why an alert was cleared. The journal stores the number: append only.
enum class ClearReason : uint8_t {
  kQuiet,          // the condition for clearing held for long enough
  kOutOfScope,     // the rule no longer tests its node, for example because an area set has ended
  kRuleRemoved,    // the rule set no longer contains its rule
  kRuleDisabled,   // its rule is disabled
  kNotAssessable,  // it could not be assessed for too long
  kNewNormal,      // the level has stayed changed for so long that it is the normal one
};
inline constexpr std::array<std::string_view, 6> kClearReasonNames = {
    "quiet", "out_of_scope", "rule_removed", "rule_disabled", "not_assessable", "new_normal"};

// Holds codes instead of ids, because the journal outlives changes of the reference files.
struct AlertKey {
  std::string rule;
  std::string area;
  std::string sector;
  // The key of an alert on a source. Its topic is stored in the place of an area.
  static AlertKey of_source(std::string rule, std::string topic) {
    return {std::move(rule), std::move(topic), "all"};
  }
  // The topic. REQUIRES: the key was made by of_source().
  const std::string& source() const { return area; }
  friend auto operator<=>(const AlertKey&, const AlertKey&) = default;
};

// The part of a node's difference or score that one child or measure explains.
struct Contribution {
  std::string area;
  std::string sector;
  double observed = 0;
  double expected = 0;
  double share = 0;     // share of the node's difference, or of a composite's score
  std::string measure;  // composites: the name of the measure; else empty
  double z = 0;         // composites: the measure's own score; positive is harm
  friend bool operator==(const Contribution&, const Contribution&) = default;
};

// Same fields as bellwether.alerts.v1.Evidence.
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
  // kRecentAgainstYearBefore: the deviate of the same period of the year before; positive is a
  // rise.
  double year_before = 0;
  double limit = 0;
  double reported = 1;       // share of the period's events expected to be reported at that tick
  double nowcast = 0;        // estimate of the complete count, if reported < 1
  double nowcast_lower = 0;  // its 95 % interval
  double nowcast_upper = 0;
  std::vector<Contribution> contributions;
  int32_t window_periods = 1;  // `observed` is that of so many periods, which end with `period`
  // Rules that test counts (detection/judge.h): the strongest average of the latest scores in
  // standard deviations of the series' own past; how many periods it remembers; and the level that
  // was reached.
  double score = 0;
  int32_t memory_periods = 0;
  detection::HitBy hit_by{};
  friend bool operator==(const Evidence&, const Evidence&) = default;
};

// The state of an alert after a tick, and the changes that the tick made.
struct AlertUpdate {
  AlertKey key;
  PeriodIndex raised;
  Severity severity{};
  Severity severity_max{};
  bool open = true;
  PeriodIndex onset;
  int32_t quiet_ticks = 0;
  int32_t frozen_ticks = 0;  // ticks since red; the baseline leaves out the periods after the onset
  std::string suspended;     // why it could not be assessed; empty if it was assessed
  uint32_t recent_hits = 0;  // bit i: hit at the i-th tick before this one
  bool historical = false;
  TransitionKind transition = TransitionKind::kNone;
  ClearReason clear_reason = ClearReason::kQuiet;  // valid if `open` is false
  Evidence evidence;
  int32_t suspended_ticks = 0;  // ticks in a row that could not assess it
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
