// Purpose: the alert book: the journal folded record by record. Every replica that has folded the
// same records holds the same book, to the byte. Invariants: fold() is a pure function of the book
// and the record. For each tick the first valid evaluation counts; later ones are passed over. At
// most one alert is open per rule and node. Copying shares alerts and transitions, so that a copy
// is an immutable published view. Thread safety: one writer; copies may be read by any number of
// threads.
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
  kStaleTick,      // an evaluation of this tick counts already, or ticks are missing before it
  kRulesChanged,   // a rule set or regime break came between the evaluation's book and it
  kUnknownTarget,  // an act on an alert, silence or regime break that does not exist
  kTooMany,        // kSilencesMax are in force, or kRegimeBreaksMax are declared
};

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

// What a book is made of, without what follows from it. fields.h describes it for snapshots.
struct BookState {
  JournalOffset offset{-1};  // of the last record folded; −1 before the first
  JournalOffset rules_changed_at{-1};
  std::optional<PeriodIndex> last_tick;
  UnixMillis last_tick_at;
  Lead lead;
  std::shared_ptr<const RuleSet> rule_set;  // null before the first
  std::vector<std::string> silent_topics;
  std::vector<CutOffset> cut;
  absl::btree_map<int64_t, RegimeBreakDeclared> declared_breaks;  // by journal offset
  absl::btree_map<int64_t, Silence> silences;                     // by journal offset
  absl::btree_map<AlertKey, AlertPtr> open;
  absl::btree_map<std::string, AlertPtr> alerts;  // by name
  // By name of the alert; oldest first.
  absl::btree_map<std::string, std::shared_ptr<const std::vector<TransitionPtr>>> histories;
  std::vector<TransitionPtr> transitions;  // that watchers can resume before; oldest first
  size_t forgotten = 0;                    // earlier ones
  ResumeToken forgotten_through;           // the last of these
};

class Book {
 public:
  explicit Book(base::Calendar calendar) : calendar_(calendar) {}

  const BookState& state() const { return state_; }
  // The book with that state. nullopt if no book has it: transitions out of their order, something
  // after the book's own offset, or more than a limit allows.
  static std::optional<Book> restore(base::Calendar calendar, BookState state);

  FoldOutcome fold(JournalOffset offset, const JournalEntry& entry);

  // Offset of the last record folded; −1 before the first.
  JournalOffset offset() const { return state_.offset; }
  // Passes over a record that changes nothing in the book.
  void skip(JournalOffset offset) { state_.offset = offset; }
  std::optional<PeriodIndex> last_tick() const { return state_.last_tick; }
  UnixMillis last_tick_at() const { return state_.last_tick_at; }
  const Lead& lead() const { return state_.lead; }
  // Null before the first.
  const std::shared_ptr<const RuleSet>& rule_set() const { return state_.rule_set; }
  const std::string& rule_set_digest() const { return rule_set_digest_; }
  // What baselines leave out, in the order of its declaration.
  const std::vector<detection::PeriodRange>& regime_breaks() const { return regime_breaks_; }
  const absl::btree_map<int64_t, RegimeBreakDeclared>& declared_breaks() const {
    return state_.declared_breaks;
  }
  const std::vector<std::string>& silent_topics() const { return state_.silent_topics; }
  const std::vector<CutOffset>& cut() const { return state_.cut; }

  const absl::btree_map<AlertKey, AlertPtr>& open() const { return state_.open; }
  const absl::btree_map<std::string, AlertPtr>& alerts() const { return state_.alerts; }  // by name
  AlertPtr find(std::string_view name) const;
  // What happened to an alert that is kept, oldest first, whether or not watchers can still resume
  // before it; at most kTransitionsPerAlertMax.
  std::span<const TransitionPtr> history(std::string_view name) const;
  const absl::btree_map<int64_t, Silence>& silences() const { return state_.silences; }
  const Silence* silenced(const AlertKey& key, UnixMillis now) const;

  // The transitions behind `token`, oldest first, as positions in transitions(). nullopt when they
  // are no longer kept.
  std::optional<size_t> first_after(ResumeToken token) const;
  size_t transitions_end() const { return state_.forgotten + state_.transitions.size(); }
  const Transition& transition(size_t position) const {
    return *state_.transitions[position - state_.forgotten];
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

  void follow_rule_set();
  void follow_regime_breaks();

  base::Calendar calendar_;
  BookState state_;
  // Of state_.rule_set and state_.declared_breaks.
  std::string rule_set_digest_;
  std::vector<detection::PeriodRange> regime_breaks_;
  uint32_t transitions_in_record_ = 0;
};

}  // namespace bellwether::alerts
