// Purpose: the alert book: the state that results from folding the journal record by record.
// Invariants: every replica that has folded the same records holds the same book, byte for byte.
// fold() is a pure function of the book and the record. For each tick the first valid evaluation
// counts; later ones are ignored. At most one alert is open for each rule and node. Copies share
// alerts and transitions, so that a copy is an immutable published view.
// Thread safety: one writer; any number of threads may read copies.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "core/alerts/alert.h"
#include "core/alerts/entry.h"
#include "core/alerts/rules.h"
#include "core/alerts/silence.h"
#include "core/alerts/transition.h"
#include "core/base/calendar.h"
#include "core/base/ids.h"
#include "core/detection/series.h"

namespace bellwether::alerts {

enum class FoldOutcome : uint8_t {
  kApplied,
  kStaleTick,      // an evaluation of this tick already counts, or earlier ticks are missing
  kRulesChanged,   // a rule set or regime break was recorded after the book offset that the
                   // evaluation used
  kUnknownTarget,  // the alert, silence or regime break that the act refers to does not exist
  kTooMany,        // kSilencesMax silences are in force, or kRegimeBreaksMax regime breaks are
                   // declared
};

// The status of a human act after its fold: FailedPrecondition if its target does not exist,
// ResourceExhausted at a limit. Both messages say what to do.
absl::Status to_status(FoldOutcome outcome, const JournalEntry& entry);

inline constexpr size_t kTransitionsKept = 200'000;
// Limit for each alert: its first transition and the latest of the others are kept.
inline constexpr size_t kTransitionsPerAlertMax = 200;
inline constexpr size_t kClosedAlertsKept = 100'000;
// Limit on silences in force. Ended silences stay readable until their room is needed.
inline constexpr size_t kSilencesMax = 1'000;
inline constexpr size_t kRegimeBreaksMax = 64;

// The leader whose evaluations count: the writer of the last counted evaluation, and the offset of
// the first one in its current run of evaluations. That offset is the epoch of the leader. It grows
// with every change of leader, and all replicas agree on it.
struct Lead {
  std::string writer;
  JournalOffset epoch{-1};
  friend bool operator==(const Lead&, const Lead&) = default;
};

// The stored state of a book. All other members of Book are derived from it. fields.h describes it
// for snapshots.
struct BookState {
  JournalOffset offset{-1};  // offset of the last folded record; −1 before the first
  JournalOffset rules_changed_at{-1};
  std::optional<PeriodIndex> last_tick;
  UnixMillis last_tick_at;
  Lead lead;
  std::shared_ptr<const RuleSet> rule_set;  // null before the first rule set
  std::vector<std::string> silent_topics;
  std::vector<CutOffset> cut;
  absl::btree_map<int64_t, RegimeBreakDeclared> declared_breaks;  // by journal offset
  absl::btree_map<int64_t, Silence> silences;                     // by journal offset
  absl::btree_map<AlertKey, AlertPtr> open;
  absl::btree_map<std::string, AlertPtr> alerts;  // by name
  // By name of the alert. The transitions of an alert are ordered, oldest first.
  absl::btree_map<std::string, std::shared_ptr<const std::vector<TransitionPtr>>> histories;
  std::vector<TransitionPtr> transitions;  // from which watchers can resume; oldest first
  size_t forgotten = 0;                    // number of transitions dropped before these
  ResumeToken forgotten_through;           // token of the last dropped transition
};

class Book {
 public:
  explicit Book(base::Calendar calendar) : calendar_(calendar) {}

  const BookState& state() const { return state_; }
  // Creates a book from a state. nullopt if no book can have the state: transitions are out of
  // order, a record is after the book's own offset, or a limit is exceeded.
  static std::optional<Book> restore(base::Calendar calendar, BookState state);

  FoldOutcome fold(JournalOffset offset, const JournalEntry& entry);

  // The offset of the last folded record; −1 before the first.
  JournalOffset offset() const { return state_.offset; }
  // Advances past a record that does not change the book.
  void skip(JournalOffset offset) { state_.offset = offset; }
  std::optional<PeriodIndex> last_tick() const { return state_.last_tick; }
  UnixMillis last_tick_at() const { return state_.last_tick_at; }
  const Lead& lead() const { return state_.lead; }
  // Null before the first rule set.
  const std::shared_ptr<const RuleSet>& rule_set() const { return state_.rule_set; }
  const std::string& rule_set_digest() const { return rule_set_digest_; }
  // The periods that baselines leave out, in the order of their declaration.
  const std::vector<detection::PeriodRange>& regime_breaks() const { return regime_breaks_; }
  const absl::btree_map<int64_t, RegimeBreakDeclared>& declared_breaks() const {
    return state_.declared_breaks;
  }
  const std::vector<std::string>& silent_topics() const { return state_.silent_topics; }
  const std::vector<CutOffset>& cut() const { return state_.cut; }

  const absl::btree_map<AlertKey, AlertPtr>& open() const { return state_.open; }
  const absl::btree_map<std::string, AlertPtr>& alerts() const { return state_.alerts; }  // by name
  AlertPtr find(std::string_view name) const;
  // The transitions of an alert, oldest first, at most kTransitionsPerAlertMax. Independent of the
  // transitions from which watchers can resume. Empty for an unknown alert.
  std::span<const TransitionPtr> history(std::string_view name) const;
  const absl::btree_map<int64_t, Silence>& silences() const { return state_.silences; }
  const Silence* silenced(const AlertKey& key, UnixMillis now) const;

  // The position in transitions() of the oldest transition after `token`. nullopt if some
  // transitions after it are no longer kept.
  std::optional<size_t> first_after(ResumeToken token) const;
  size_t transitions_end() const { return state_.forgotten + state_.transitions.size(); }
  const Transition& transition(size_t position) const {
    return *state_.transitions[position - state_.forgotten];
  }

  // The name of an alert that is raised in the period `raised`.
  std::string alert_name(const AlertKey& key, PeriodIndex raised) const;
  base::Calendar calendar() const { return calendar_; }
  // A digest of the last tick, rule set, alerts, kept transitions, silences and regime breaks.
  // Equal on all replicas at equal offsets.
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

  void follow_rule_set();
  void follow_regime_breaks();

  base::Calendar calendar_;
  BookState state_;
  // Derived from state_.rule_set and state_.declared_breaks.
  std::string rule_set_digest_;
  std::vector<detection::PeriodRange> regime_breaks_;
  uint32_t transitions_in_record_ = 0;
};

}  // namespace bellwether::alerts
