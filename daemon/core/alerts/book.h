// Purpose: the alert book: what the journal says about alerts, folded record by record. Every
// replica that has folded the same records holds the same book, to the byte. Invariants: fold() is
// a pure function of the book and the record. For each tick the first valid evaluation counts;
// later ones are passed over. At most one alert is open per rule and node. Copying shares alerts
// and transitions, so that a copy is an immutable published view. Thread safety: one writer; copies
// may be read by any number of threads.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "core/alerts/rules.h"
#include "core/base/calendar.h"
#include "core/base/ids.h"
#include "core/detection/series.h"

namespace bellwether::alerts {

using base::JournalOffset;
using base::PeriodIndex;
using base::UnixMillis;

enum class TransitionKind : uint8_t {
  kNone,
  kRaised,
  kEscalated,
  kEased,
  kCleared,
  kAcknowledged,
  kSuspended,
  kResumed
};
inline constexpr std::array<std::string_view, 8> kTransitionNames = {
    "none", "raised", "escalated", "eased", "cleared", "acknowledged", "suspended", "resumed"};

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

struct Contribution {
  std::string area;
  std::string sector;
  double observed = 0;
  double expected = 0;
  double share = 0;     // of the node's difference; of a composite's score
  std::string measure;  // composites: the measure that it is of; else empty
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
  double year_before =
      0;  // kRecentAgainstYearBefore: deviate of the same period then; positive is a rise
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

struct CutOffset {
  std::string topic;
  int32_t partition = 0;
  int64_t offset = 0;
  friend auto operator<=>(const CutOffset&, const CutOffset&) = default;
};

struct TickEvaluated {
  PeriodIndex tick;
  UnixMillis tick_at;
  JournalOffset book_offset{-1};
  std::string rule_set;
  std::vector<CutOffset> cut;
  uint64_t cells_digest = 0;
  uint64_t verdict_digest = 0;
  bool historical = false;
  std::vector<AlertUpdate> updates;
  std::vector<std::string> silent_topics;
  int32_t series_assessed = 0;
  std::string writer;  // of the record; empty before it is one
  friend bool operator==(const TickEvaluated&, const TickEvaluated&) = default;
};
struct AlertAcknowledged {
  std::string alert;  // name
  std::string actor;
  std::string comment;
  UnixMillis at;
};
struct SilenceCreated {
  std::string rule, area, sector;  // empty = any
  UnixMillis until;
  std::string actor;
  std::string comment;
  UnixMillis at;
};
struct SilenceExpired {
  JournalOffset silence;
  std::string actor;
  UnixMillis at;
};
struct RuleSetActivated {
  RuleSet rule_set;
  std::string actor;
  UnixMillis at;
};
struct RegimeBreakDeclared {
  detection::PeriodRange periods;
  std::string reason;
  std::string actor;
  UnixMillis at;
};
struct RegimeBreakWithdrawn {
  JournalOffset regime_break;
  std::string actor;
  UnixMillis at;
};
using JournalEntry = std::variant<TickEvaluated, AlertAcknowledged, SilenceCreated, SilenceExpired,
                                  RuleSetActivated, RegimeBreakDeclared, RegimeBreakWithdrawn>;

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

// Where a watcher stands: after the transition `index` of the record at `offset`.
struct ResumeToken {
  JournalOffset offset{-1};
  uint32_t index = UINT32_MAX;  // UINT32_MAX: after all of that record
  friend auto operator<=>(const ResumeToken&, const ResumeToken&) = default;
};
std::string format(ResumeToken token);                                 // "1234.0" or "1234"
std::optional<ResumeToken> parse_resume_token(std::string_view text);  // nullopt when made up

struct Transition {
  ResumeToken token;  // resume after this one
  TransitionKind kind{};
  AlertPtr alert;  // as the transition left it
  UnixMillis at;
  bool historical = false;
};

using TransitionPtr = std::shared_ptr<const Transition>;

struct Silence {
  JournalOffset id;
  SilenceCreated silence;
  bool expired_by_hand = false;
  bool over(UnixMillis now) const { return expired_by_hand || silence.until <= now; }
  bool covers(const AlertKey& key, UnixMillis now) const;
};

enum class FoldOutcome : uint8_t {
  kApplied,
  kStaleTick,      // an evaluation of this tick counts already, or ticks are missing before it
  kRulesChanged,   // a rule set or regime break came between the evaluation's book and it
  kUnknownTarget,  // an act on an alert, silence or regime break that does not exist
  kTooMany,        // kSilencesMax are in force, or kRegimeBreaksMax are declared
};
inline constexpr std::array<std::string_view, 5> kFoldOutcomeNames = {
    "applied", "stale_tick", "rules_changed", "unknown_target", "too_many"};

// What the fold made of a human act, for who did it: FailedPrecondition when its target is gone,
// ResourceExhausted at a limit; both say what to do.
absl::Status to_status(FoldOutcome outcome, const JournalEntry& entry);

inline constexpr size_t kTransitionsKept = 200'000;
// Of one alert: the first, and the latest of the others.
inline constexpr size_t kTransitionsPerAlertMax = 200;
inline constexpr size_t kClosedAlertsKept = 100'000;
// In force. Those that have ended are kept to be looked at until there is no more room.
inline constexpr size_t kSilencesMax = 1'000;
inline constexpr size_t kRegimeBreaksMax = 64;

// Whose evaluations count: the writer of the last one, and the first of those in a row that it
// wrote. That offset is the epoch of the lead: it grows with every change of leader, and all
// replicas agree on it.
struct Lead {
  std::string writer;
  JournalOffset epoch{-1};
  friend bool operator==(const Lead&, const Lead&) = default;
};

// All that a book is, as values that can be kept and gone on from.
struct BookState {
  struct Kept {
    AlertPtr alert;
    bool open = false;
    friend bool operator==(const Kept&, const Kept&) = default;
  };
  struct Told {
    TransitionPtr transition;
    bool watchable = false;   // watchers can resume before it
    bool in_history = false;  // of its alert
    friend bool operator==(const Told&, const Told&) = default;
  };
  JournalOffset offset{-1};
  JournalOffset rules_changed_at{-1};
  std::optional<PeriodIndex> last_tick;
  UnixMillis last_tick_at;
  Lead lead;
  std::shared_ptr<const RuleSet> rule_set;  // null before the first
  std::vector<std::string> silent_topics;
  std::vector<CutOffset> cut;
  std::vector<std::pair<JournalOffset, RegimeBreakDeclared>>
      declared_breaks;            // in the order of their offsets
  std::vector<Silence> silences;  // as well
  std::vector<Kept> alerts;       // in the order of their names
  std::vector<Told> transitions;  // in the order of their tokens
  uint64_t forgotten = 0;         // transitions that watchers cannot resume before
  ResumeToken forgotten_through;  // the last of them
};

class Book {
 public:
  explicit Book(base::Calendar calendar) : calendar_(calendar) {}

  BookState state() const;
  // The book that `state` was of. nullopt when no book has such a state: something out of its order
  // or twice, behind its own offset, or beyond a limit.
  static std::optional<Book> restore(base::Calendar calendar, BookState state);

  FoldOutcome fold(JournalOffset offset, const JournalEntry& entry);

  // Offset of the last record folded; −1 before the first.
  JournalOffset offset() const { return offset_; }
  void skip(JournalOffset offset) { offset_ = offset; }  // a record that says nothing to the book
  std::optional<PeriodIndex> last_tick() const { return last_tick_; }
  UnixMillis last_tick_at() const { return last_tick_at_; }
  const Lead& lead() const { return lead_; }
  const std::shared_ptr<const RuleSet>& rule_set() const {
    return rule_set_;
  }  // null before the first
  const std::string& rule_set_digest() const { return rule_set_digest_; }
  // What baselines leave out, in the order of its declaration.
  const std::vector<detection::PeriodRange>& regime_breaks() const { return regime_breaks_; }
  const absl::btree_map<int64_t, RegimeBreakDeclared>& declared_breaks() const {
    return declared_breaks_;
  }
  const std::vector<std::string>& silent_topics() const { return silent_topics_; }
  const std::vector<CutOffset>& cut() const { return cut_; }

  const absl::btree_map<AlertKey, AlertPtr>& open() const { return open_; }
  const absl::btree_map<std::string, AlertPtr>& alerts() const { return alerts_; }  // by name
  AlertPtr find(std::string_view name) const;
  // What happened to an alert that is kept, oldest first, whether or not watchers can still resume
  // before it; at most kTransitionsPerAlertMax.
  std::span<const TransitionPtr> history(std::string_view name) const;
  const absl::btree_map<int64_t, Silence>& silences() const { return silences_; }
  const Silence* silenced(const AlertKey& key, UnixMillis now) const;

  // The transitions behind `token`, oldest first, as positions in transitions(). nullopt when they
  // are no longer kept.
  std::optional<size_t> first_after(ResumeToken token) const;
  size_t transitions_end() const { return forgotten_ + transitions_.size(); }
  const Transition& transition(size_t position) const {
    return *transitions_[position - forgotten_];
  }

  // The name of an alert that a tick raises.
  std::string alert_name(const AlertKey& key, PeriodIndex raised) const;
  base::Calendar calendar() const { return calendar_; }
  // Digest of everything that the fold has made; equal on all replicas at equal offsets.
  uint64_t digest() const;

 private:
  FoldOutcome apply(const TickEvaluated& tick);
  FoldOutcome apply(const AlertAcknowledged& act);
  FoldOutcome apply(const SilenceCreated& act);
  FoldOutcome apply(const SilenceExpired& act);
  FoldOutcome apply(const RuleSetActivated& act);
  FoldOutcome apply(const RegimeBreakDeclared& act);
  FoldOutcome apply(const RegimeBreakWithdrawn& act);
  void apply_update(const AlertUpdate& update, const TickEvaluated& tick);
  void record(TransitionKind kind, AlertPtr alert, UnixMillis at, bool historical);
  void forget_old();

  base::Calendar calendar_;
  JournalOffset offset_{-1};
  JournalOffset rules_changed_at_{-1};
  std::optional<PeriodIndex> last_tick_;
  UnixMillis last_tick_at_;
  Lead lead_;
  std::shared_ptr<const RuleSet> rule_set_;
  std::string rule_set_digest_;
  absl::btree_map<int64_t, RegimeBreakDeclared> declared_breaks_;  // by journal offset
  std::vector<detection::PeriodRange> regime_breaks_;              // their periods
  std::vector<std::string> silent_topics_;
  std::vector<CutOffset> cut_;
  absl::btree_map<AlertKey, AlertPtr> open_;
  absl::btree_map<std::string, AlertPtr> alerts_;
  absl::btree_map<std::string, std::shared_ptr<const std::vector<TransitionPtr>>>
      histories_;  // by alert
  absl::btree_map<int64_t, Silence> silences_;
  std::vector<TransitionPtr> transitions_;
  size_t forgotten_ = 0;
  ResumeToken forgotten_through_;  // the last one forgotten
  uint32_t transitions_in_record_ = 0;
};

}  // namespace bellwether::alerts
