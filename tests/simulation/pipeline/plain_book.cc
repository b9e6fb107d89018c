#include "simulation/pipeline/plain_book.h"

#include "core/base/text.h"

namespace bellwether::simulation {

using alerts::FoldOutcome;
using alerts::TransitionKind;

FoldOutcome PlainBook::tell(int64_t offset, const alerts::JournalEntry& entry) {
  offset_ = offset;
  index_ = 0;
  if (const auto* tick = std::get_if<alerts::TickEvaluated>(&entry)) return on_tick(*tick);
  return on_act(entry);
}

FoldOutcome PlainBook::on_tick(const alerts::TickEvaluated& tick) {
  if (last_tick_.has_value() && tick.tick.value != *last_tick_ + 1) return FoldOutcome::kStaleTick;
  if (tick.book_offset.value < rules_since_) return FoldOutcome::kRulesChanged;
  last_tick_ = tick.tick.value;
  silent_ = tick.silent_topics;
  for (const alerts::AlertUpdate& update : tick.updates) {
    std::string const name = base::cat(update.key.rule, ".", update.key.area, ".",
                                       update.key.sector, ".", calendar_.name(update.raised));
    auto const [at, fresh] = alerts_.try_emplace(name);
    if (fresh) at->second.raised_at = tick.tick_at.value;
    at->second.state = update;
    if (!update.open) at->second.cleared = tick.tick.value;
    if (update.transition != TransitionKind::kNone) {
      add(name, update.transition, tick.tick_at.value, tick.historical);
    }
  }
  return FoldOutcome::kApplied;
}

FoldOutcome PlainBook::on_act(const alerts::JournalEntry& act) {
  if (const auto* a = std::get_if<alerts::AlertAcknowledged>(&act)) {
    auto const found = alerts_.find(a->alert);
    if (found == alerts_.end()) return FoldOutcome::kUnknownTarget;
    found->second.acknowledged_by = a->actor;
    add(a->alert, TransitionKind::kAcknowledged, a->at.value, false);
  } else if (std::holds_alternative<alerts::SilenceCreated>(act)) {
    silences_[offset_] = false;
  } else if (const auto* e = std::get_if<alerts::SilenceExpired>(&act)) {
    auto const found = silences_.find(e->silence.value);
    if (found == silences_.end()) return FoldOutcome::kUnknownTarget;
    found->second = true;
  } else if (const auto* r = std::get_if<alerts::RuleSetActivated>(&act)) {
    rules_ = alerts::digest(r->rule_set);
    rules_since_ = offset_;
  } else {
    ++regime_breaks_;
    rules_since_ = offset_;
  }
  return FoldOutcome::kApplied;
}

void PlainBook::add(const std::string& alert, TransitionKind kind, int64_t at, bool historical) {
  transitions_.push_back({offset_, index_++, alert, kind, at, historical});
}

std::string PlainBook::difference(const alerts::Book& book) const {
  if (book.offset().value != offset_) return "its offset";
  if (book.last_tick().has_value() != last_tick_.has_value() ||
      (last_tick_ && book.last_tick()->value != *last_tick_)) {
    return "its last tick";
  }
  if (book.rule_set_digest() != rules_) return "its rule set";
  if (book.regime_breaks().size() != regime_breaks_) return "its regime breaks";
  if (book.silent_topics() != silent_) return "its silent topics";
  if (book.alerts().size() != alerts_.size()) return "its number of alerts";
  size_t open = 0;
  auto real = book.alerts().begin();
  for (const auto& [name, alert] : alerts_) {
    const alerts::Alert& other = *real->second;
    open += alert.state.open ? 1 : 0;
    bool const same =
        real->first == name && other.state == alert.state &&
        other.raised_at.value == alert.raised_at &&
        other.cleared.has_value() == alert.cleared.has_value() &&
        (!alert.cleared || other.cleared->value == *alert.cleared) &&
        (other.acknowledgement ? other.acknowledgement->actor : "") == alert.acknowledged_by;
    if (!same) return base::cat("alert ", name);
    ++real;
  }
  if (book.open().size() != open) return "its number of open alerts";
  if (book.silences().size() != silences_.size()) return "its number of silences";
  for (const auto& [id, silence] : book.silences()) {
    auto const found = silences_.find(id);
    if (found == silences_.end() || found->second != silence.expired_by_hand)
      return base::cat("silence ", id);
  }
  if (book.transitions_end() != transitions_.size()) return "its number of transitions";
  return "";
}

}  // namespace bellwether::simulation
