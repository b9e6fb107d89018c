#include "core/alerts/book.h"

#include <algorithm>
#include <cmath>

#include "core/base/hash.h"
#include "core/base/text.h"

namespace bellwether::alerts {
namespace {

bool matches(const std::string& wanted, const std::string& is) {
  return wanted.empty() || wanted == is;
}

}  // namespace

std::string format(ResumeToken token) {
  if (token.index == UINT32_MAX) return base::cat(token.offset.value);
  return base::cat(token.offset.value, ".", token.index);
}

std::optional<ResumeToken> parse_resume_token(std::string_view text) {
  ResumeToken token;
  size_t const dot = text.find('.');
  if (dot != std::string_view::npos) {
    auto const index = base::parse_number<uint32_t>(text.substr(dot + 1));
    if (!index) return std::nullopt;
    token.index = *index;
    text = text.substr(0, dot);
  }
  auto const offset = base::parse_number<int64_t>(text);
  if (!offset || *offset < -1) return std::nullopt;
  token.offset = JournalOffset(*offset);
  return token;
}

bool Silence::covers(const AlertKey& key, UnixMillis now) const {
  return !over(now) && matches(silence.rule, key.rule) && matches(silence.area, key.area) &&
         matches(silence.sector, key.sector);
}

absl::Status to_status(FoldOutcome outcome, const JournalEntry& entry) {
  if (outcome == FoldOutcome::kUnknownTarget) {
    return absl::FailedPreconditionError("what it acts on does not exist any more; list anew");
  }
  if (outcome != FoldOutcome::kTooMany) return absl::OkStatus();
  if (std::holds_alternative<SilenceCreated>(entry)) {
    return absl::ResourceExhaustedError(base::cat(
        kSilencesMax, " silences are in force; expire one, or make one that covers several"));
  }
  return absl::ResourceExhaustedError(
      base::cat(kRegimeBreaksMax,
                " regime breaks are declared; withdraw one that no baseline reaches any more"));
}

FoldOutcome Book::fold(JournalOffset offset, const JournalEntry& entry) {
  offset_ = offset;
  transitions_in_record_ = 0;
  FoldOutcome const outcome = std::visit([this](const auto& e) { return apply(e); }, entry);
  forget_old();
  return outcome;
}

FoldOutcome Book::apply(const TickEvaluated& tick) {
  if (last_tick_ && tick.tick.value != last_tick_->value + 1) return FoldOutcome::kStaleTick;
  if (tick.book_offset < rules_changed_at_) return FoldOutcome::kRulesChanged;
  last_tick_ = tick.tick;
  last_tick_at_ = tick.tick_at;
  if (tick.writer != lead_.writer || lead_.epoch.value < 0) lead_ = {tick.writer, offset_};
  silent_topics_ = tick.silent_topics;
  cut_ = tick.cut;
  for (const AlertUpdate& update : tick.updates) apply_update(update, tick);
  return FoldOutcome::kApplied;
}

void Book::apply_update(const AlertUpdate& update, const TickEvaluated& tick) {
  auto next = std::make_shared<Alert>();
  auto const open = open_.find(update.key);
  if (open != open_.end() && open->second->state.raised == update.raised) {
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
    open_.erase(update.key);
  } else {
    open_[update.key] = next;
  }
  alerts_[next->name] = next;
  if (update.transition != TransitionKind::kNone) {
    record(update.transition, next, tick.tick_at, tick.historical);
  }
}

FoldOutcome Book::apply(const AlertAcknowledged& act) {
  auto const found = alerts_.find(act.alert);
  if (found == alerts_.end()) return FoldOutcome::kUnknownTarget;
  auto next = std::make_shared<Alert>(*found->second);
  next->acknowledgement = Acknowledgement{act.actor, act.comment, act.at};
  found->second = next;
  if (auto open = open_.find(next->state.key);
      open != open_.end() && open->second->name == next->name) {
    open->second = next;
  }
  record(TransitionKind::kAcknowledged, next, act.at, false);
  return FoldOutcome::kApplied;
}

FoldOutcome Book::apply(const SilenceCreated& act) {
  // The act's own instant decides what has ended, so that every replica drops the same ones.
  if (silences_.size() >= kSilencesMax) {
    absl::erase_if(silences_, [&](const auto& entry) { return entry.second.over(act.at); });
  }
  if (silences_.size() >= kSilencesMax) return FoldOutcome::kTooMany;
  silences_[offset_.value] = Silence{offset_, act, false};
  return FoldOutcome::kApplied;
}

FoldOutcome Book::apply(const SilenceExpired& act) {
  auto const found = silences_.find(act.silence.value);
  if (found == silences_.end()) return FoldOutcome::kUnknownTarget;
  found->second.expired_by_hand = true;
  return FoldOutcome::kApplied;
}

FoldOutcome Book::apply(const RuleSetActivated& act) {
  rule_set_ = std::make_shared<const RuleSet>(act.rule_set);
  rule_set_digest_ = alerts::digest(act.rule_set);
  rules_changed_at_ = offset_;
  return FoldOutcome::kApplied;
}

FoldOutcome Book::apply(const RegimeBreakDeclared& act) {
  if (regime_breaks_.size() >= kRegimeBreaksMax) return FoldOutcome::kTooMany;
  declared_breaks_.emplace(offset_.value, act);
  regime_breaks_.push_back(act.periods);
  rules_changed_at_ = offset_;
  return FoldOutcome::kApplied;
}

FoldOutcome Book::apply(const RegimeBreakWithdrawn& act) {
  if (declared_breaks_.erase(act.regime_break.value) == 0) return FoldOutcome::kUnknownTarget;
  regime_breaks_.clear();
  for (const auto& [id, declared] : declared_breaks_) regime_breaks_.push_back(declared.periods);
  rules_changed_at_ = offset_;
  return FoldOutcome::kApplied;
}

void Book::record(TransitionKind kind, AlertPtr alert, UnixMillis at, bool historical) {
  auto t = std::make_shared<Transition>();
  t->token = {offset_, transitions_in_record_++};
  t->kind = kind;
  t->alert = std::move(alert);
  t->at = at;
  t->historical = historical;
  auto& kept = histories_[t->alert->name];
  auto longer = kept == nullptr ? std::make_shared<std::vector<TransitionPtr>>()
                                : std::make_shared<std::vector<TransitionPtr>>(*kept);
  if (longer->size() == kTransitionsPerAlertMax) longer->erase(longer->begin() + 1);
  longer->push_back(t);
  kept = std::move(longer);
  transitions_.push_back(std::move(t));
}

void Book::forget_old() {
  if (transitions_.size() > kTransitionsKept) {
    size_t const n = transitions_.size() - kTransitionsKept;
    forgotten_through_ = transitions_[n - 1]->token;
    transitions_.erase(transitions_.begin(), transitions_.begin() + static_cast<ptrdiff_t>(n));
    forgotten_ += n;
  }
  if (alerts_.size() <= kClosedAlertsKept + open_.size()) return;
  // The oldest closed alerts go first; names break ties.
  std::vector<std::pair<PeriodIndex, std::string>> closed;
  for (const auto& [name, alert] : alerts_) {
    if (!alert->state.open) closed.emplace_back(*alert->cleared, name);
  }
  std::sort(closed.begin(), closed.end());
  // A tenth more than needed, so that this is rare.
  size_t const n =
      std::min(closed.size(), closed.size() - kClosedAlertsKept + kClosedAlertsKept / 10);
  for (size_t i = 0; i < n; ++i) {
    alerts_.erase(closed[i].second);
    histories_.erase(closed[i].second);
  }
}

AlertPtr Book::find(std::string_view name) const {
  auto const found = alerts_.find(std::string(name));
  return found == alerts_.end() ? nullptr : found->second;
}

std::span<const TransitionPtr> Book::history(std::string_view name) const {
  auto const found = histories_.find(std::string(name));
  if (found == histories_.end()) return {};
  return *found->second;
}

const Silence* Book::silenced(const AlertKey& key, UnixMillis now) const {
  for (const auto& [id, silence] : silences_) {
    if (silence.covers(key, now)) return &silence;
  }
  return nullptr;
}

std::optional<size_t> Book::first_after(ResumeToken token) const {
  auto const where =
      std::upper_bound(transitions_.begin(), transitions_.end(), token,
                       [](ResumeToken t, const TransitionPtr& x) { return t < x->token; });
  if (forgotten_ > 0 && token < forgotten_through_) return std::nullopt;
  return forgotten_ + static_cast<size_t>(where - transitions_.begin());
}

std::string Book::alert_name(const AlertKey& key, PeriodIndex raised) const {
  return base::cat(key.rule, ".", key.area, ".", key.sector, ".", calendar_.name(raised));
}

uint64_t Book::digest() const {
  base::SetDigest digest;
  auto const text = [](const std::string& s) { return base::hash64(s); };
  auto const real = [](double x) { return static_cast<uint64_t>(std::llround(x * 1e6)); };
  digest.add(1, last_tick_ ? static_cast<uint64_t>(last_tick_->value) : UINT64_MAX,
             text(rule_set_digest_));
  for (const auto& [name, alert] : alerts_) {
    const AlertUpdate& s = alert->state;
    digest.add(text(name), static_cast<uint64_t>(s.severity) << 8 | uint64_t{s.open},
               text(base::cat(s.onset.value, "|", s.quiet_ticks, "|", s.frozen_ticks, "|",
                              s.recent_hits, "|", s.suspended, "|",
                              alert->acknowledgement ? alert->acknowledgement->actor : "")));
    digest.add(text(name), real(s.evidence.z), real(s.evidence.cusum));
  }
  for (const auto& t : transitions_) {
    digest.add(static_cast<uint64_t>(t->token.offset.value), t->token.index,
               text(t->alert->name) + static_cast<uint64_t>(t->kind));
  }
  for (const auto& [id, silence] : silences_) {
    digest.add(static_cast<uint64_t>(id), uint64_t{silence.expired_by_hand},
               static_cast<uint64_t>(silence.silence.until.value));
  }
  for (const auto& [id, declared] : declared_breaks_) {
    digest.add(text("regime break"), static_cast<uint64_t>(id),
               static_cast<uint64_t>(declared.periods.first.value) << 32 |
                   static_cast<uint32_t>(declared.periods.last.value));
  }
  return digest.value();
}

}  // namespace bellwether::alerts
