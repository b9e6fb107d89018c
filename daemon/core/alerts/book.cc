#include "core/alerts/book.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "core/base/hash.h"
#include "core/base/text.h"

namespace bellwether::alerts {

absl::Status to_status(FoldOutcome outcome, const JournalEntry& entry) {
  if (outcome == FoldOutcome::kUnknownTarget) {
    return absl::FailedPreconditionError("its target no longer exists; list again");
  }
  if (outcome != FoldOutcome::kTooMany) return absl::OkStatus();
  if (std::holds_alternative<SilenceCreated>(entry)) {
    return absl::ResourceExhaustedError(base::cat(
        kSilencesMax, " silences are in force; expire one, or make one that covers several"));
  }
  return absl::ResourceExhaustedError(
      base::cat(kRegimeBreaksMax,
                " regime breaks are declared; withdraw one that no baseline uses any more"));
}

FoldOutcome Book::fold(JournalOffset offset, const JournalEntry& entry) {
  state_.offset = offset;
  transitions_in_record_ = 0;
  FoldOutcome const outcome = std::visit([this](const auto& e) { return apply(e); }, entry);
  forget_old();
  return outcome;
}

FoldOutcome Book::apply(const TickEvaluated& tick) {
  if (state_.last_tick && tick.tick.value != state_.last_tick->value + 1)
    return FoldOutcome::kStaleTick;
  if (tick.book_offset < state_.rules_changed_at) return FoldOutcome::kRulesChanged;
  state_.last_tick = tick.tick;
  state_.last_tick_at = tick.tick_at;
  if (tick.writer != state_.lead.writer || state_.lead.epoch.value < 0)
    state_.lead = {tick.writer, state_.offset};
  state_.silent_topics = tick.silent_topics;
  state_.cut = tick.cut;
  for (const AlertUpdate& update : tick.updates) apply_update(update, tick);
  return FoldOutcome::kApplied;
}

void Book::apply_update(const AlertUpdate& update, const TickEvaluated& tick) {
  auto next = std::make_shared<Alert>();
  auto const open = state_.open.find(update.key);
  if (open != state_.open.end() && open->second->state.raised == update.raised) {
    *next = *open->second;
  } else {
    next->name = alert_name(update.key, update.raised);
    next->raised_at = tick.tick_at;
    next->raised_evidence = update.evidence;
  }
  next->state = update;
  if (!update.open) {
    next->cleared = tick.tick;
    next->cleared_at = tick.tick_at;
    state_.open.erase(update.key);
  } else {
    state_.open[update.key] = next;
  }
  state_.alerts[next->name] = next;
  if (update.transition != TransitionKind::kNone) {
    record(update.transition, next, tick.tick_at, tick.historical);
  }
}

FoldOutcome Book::apply(const AlertAcknowledged& act) {
  auto const found = state_.alerts.find(act.alert);
  if (found == state_.alerts.end()) return FoldOutcome::kUnknownTarget;
  auto next = std::make_shared<Alert>(*found->second);
  next->acknowledgement = Acknowledgement{act.actor, act.comment, act.at};
  found->second = next;
  if (auto open = state_.open.find(next->state.key);
      open != state_.open.end() && open->second->name == next->name) {
    open->second = next;
  }
  record(TransitionKind::kAcknowledged, next, act.at, false);
  return FoldOutcome::kApplied;
}

FoldOutcome Book::apply(const SilenceCreated& act) {
  // Uses the time of the act to decide which silences have ended, so that every replica drops the
  // same ones.
  if (state_.silences.size() >= kSilencesMax) {
    absl::erase_if(state_.silences, [&](const auto& entry) { return entry.second.over(act.at); });
  }
  if (state_.silences.size() >= kSilencesMax) return FoldOutcome::kTooMany;
  state_.silences[state_.offset.value] = Silence{state_.offset, act, false};
  return FoldOutcome::kApplied;
}

FoldOutcome Book::apply(const SilenceExpired& act) {
  auto const found = state_.silences.find(act.silence.value);
  if (found == state_.silences.end()) return FoldOutcome::kUnknownTarget;
  found->second.expired_by_hand = true;
  return FoldOutcome::kApplied;
}

FoldOutcome Book::apply(const RuleSetActivated& act) {
  state_.rule_set = std::make_shared<const RuleSet>(act.rule_set);
  follow_rule_set();
  state_.rules_changed_at = state_.offset;
  return FoldOutcome::kApplied;
}

FoldOutcome Book::apply(const RegimeBreakDeclared& act) {
  if (regime_breaks_.size() >= kRegimeBreaksMax) return FoldOutcome::kTooMany;
  state_.declared_breaks.emplace(state_.offset.value, act);
  follow_regime_breaks();
  state_.rules_changed_at = state_.offset;
  return FoldOutcome::kApplied;
}

FoldOutcome Book::apply(const RegimeBreakWithdrawn& act) {
  if (state_.declared_breaks.erase(act.regime_break.value) == 0) return FoldOutcome::kUnknownTarget;
  follow_regime_breaks();
  state_.rules_changed_at = state_.offset;
  return FoldOutcome::kApplied;
}

void Book::follow_rule_set() {
  rule_set_digest_ = state_.rule_set == nullptr ? "" : alerts::digest(*state_.rule_set);
}

void Book::follow_regime_breaks() {
  regime_breaks_.clear();
  for (const auto& [id, declared] : state_.declared_breaks) {
    regime_breaks_.push_back(declared.periods);
  }
}

void Book::record(TransitionKind kind, AlertPtr alert, UnixMillis at, bool historical) {
  auto t = std::make_shared<Transition>();
  t->token = {state_.offset, transitions_in_record_++};
  t->kind = kind;
  t->alert = std::move(alert);
  t->at = at;
  t->historical = historical;
  auto& kept = state_.histories[t->alert->name];
  auto longer = kept == nullptr ? std::make_shared<std::vector<TransitionPtr>>()
                                : std::make_shared<std::vector<TransitionPtr>>(*kept);
  if (longer->size() == kTransitionsPerAlertMax) longer->erase(longer->begin() + 1);
  longer->push_back(t);
  kept = std::move(longer);
  state_.transitions.push_back(std::move(t));
}

void Book::forget_old() {
  if (state_.transitions.size() > kTransitionsKept) {
    size_t const n = state_.transitions.size() - kTransitionsKept;
    state_.forgotten_through = state_.transitions[n - 1]->token;
    state_.transitions.erase(state_.transitions.begin(),
                             state_.transitions.begin() + static_cast<ptrdiff_t>(n));
    state_.forgotten += n;
  }
  if (state_.alerts.size() <= kClosedAlertsKept + state_.open.size()) return;
  // Drops the oldest closed alerts first; names break ties.
  std::vector<std::pair<PeriodIndex, std::string>> closed;
  for (const auto& [name, alert] : state_.alerts) {
    if (!alert->state.open) closed.emplace_back(*alert->cleared, name);
  }
  std::sort(closed.begin(), closed.end());
  // Drops a tenth more than needed, so that this happens rarely.
  size_t const n =
      std::min(closed.size(), closed.size() - kClosedAlertsKept + kClosedAlertsKept / 10);
  for (size_t i = 0; i < n; ++i) {
    state_.alerts.erase(closed[i].second);
    state_.histories.erase(closed[i].second);
  }
}

AlertPtr Book::find(std::string_view name) const {
  auto const found = state_.alerts.find(std::string(name));
  return found == state_.alerts.end() ? nullptr : found->second;
}

std::span<const TransitionPtr> Book::history(std::string_view name) const {
  auto const found = state_.histories.find(std::string(name));
  if (found == state_.histories.end()) return {};
  return *found->second;
}

const Silence* Book::silenced(const AlertKey& key, UnixMillis now) const {
  for (const auto& [id, silence] : state_.silences) {
    if (silence.covers(key, now)) return &silence;
  }
  return nullptr;
}

std::optional<size_t> Book::first_after(ResumeToken token) const {
  auto const where =
      std::upper_bound(state_.transitions.begin(), state_.transitions.end(), token,
                       [](ResumeToken t, const TransitionPtr& x) { return t < x->token; });
  if (state_.forgotten > 0 && token < state_.forgotten_through) return std::nullopt;
  return state_.forgotten + static_cast<size_t>(where - state_.transitions.begin());
}

std::string Book::alert_name(const AlertKey& key, PeriodIndex raised) const {
  return base::cat(key.rule, ".", key.area, ".", key.sector, ".", calendar_.name(raised));
}

uint64_t Book::digest() const {
  base::SetDigest digest;
  auto const text = [](const std::string& s) { return base::hash64(s); };
  auto const real = [](double x) { return static_cast<uint64_t>(std::llround(x * 1e6)); };
  digest.add(1, state_.last_tick ? static_cast<uint64_t>(state_.last_tick->value) : UINT64_MAX,
             text(rule_set_digest_));
  for (const auto& [name, alert] : state_.alerts) {
    const AlertUpdate& s = alert->state;
    digest.add(text(name), static_cast<uint64_t>(s.severity) << 8 | uint64_t{s.open},
               text(base::cat(s.onset.value, "|", s.quiet_ticks, "|", s.frozen_ticks, "|",
                              s.recent_hits, "|", s.suspended, "|",
                              alert->acknowledgement ? alert->acknowledgement->actor : "")));
    digest.add(text(name), real(s.evidence.z), real(s.evidence.cusum));
  }
  for (const auto& t : state_.transitions) {
    digest.add(static_cast<uint64_t>(t->token.offset.value), t->token.index,
               text(t->alert->name) + static_cast<uint64_t>(t->kind));
  }
  for (const auto& [id, silence] : state_.silences) {
    digest.add(static_cast<uint64_t>(id), uint64_t{silence.expired_by_hand},
               static_cast<uint64_t>(silence.silence.until.value));
  }
  for (const auto& [id, declared] : state_.declared_breaks) {
    digest.add(text("regime break"), static_cast<uint64_t>(id),
               static_cast<uint64_t>(declared.periods.first.value) << 32 |
                   static_cast<uint32_t>(declared.periods.last.value));
  }
  return digest.value();
}

}  // namespace bellwether::alerts
