// Keeping a book and going on from it: BookState.
#include <algorithm>

#include "core/alerts/book.h"

namespace bellwether::alerts {
namespace {

bool before(const TransitionPtr& a, const TransitionPtr& b) {
  return a->token < b->token;
}

// Strictly ascending by `key`.
template <class List, class Key>
bool ascending(const List& list, Key key) {
  return std::ranges::adjacent_find(
             list, [&](const auto& a, const auto& b) { return !(key(a) < key(b)); }) == list.end();
}

bool possible(const BookState& s) {
  auto const offset_of_break = [](const auto& declared) { return declared.first; };
  auto const token = [](const BookState::Told& told) { return told.transition->token; };
  auto const not_behind = [&](JournalOffset offset) { return offset <= s.offset; };
  return not_behind(s.rules_changed_at) && not_behind(s.lead.epoch) &&
         s.silences.size() <= kSilencesMax && s.declared_breaks.size() <= kRegimeBreaksMax &&
         ascending(s.declared_breaks, offset_of_break) &&
         ascending(s.silences, [](const Silence& silence) { return silence.id; }) &&
         ascending(
             s.alerts,
             [](const BookState::Kept& kept) -> const std::string& { return kept.alert->name; }) &&
         ascending(s.transitions, token) &&
         (s.declared_breaks.empty() || not_behind(s.declared_breaks.back().first)) &&
         (s.silences.empty() || not_behind(s.silences.back().id)) &&
         (s.transitions.empty() || not_behind(token(s.transitions.back()).offset)) &&
         std::ranges::count_if(s.transitions, &BookState::Told::watchable) <=
             static_cast<ptrdiff_t>(kTransitionsKept) &&
         std::ranges::all_of(s.transitions, [&](const BookState::Told& told) {
           return !told.watchable || s.forgotten == 0 ||
                  s.forgotten_through < told.transition->token;
         });
}

}  // namespace

BookState Book::state() const {
  BookState s;
  s.offset = offset_;
  s.rules_changed_at = rules_changed_at_;
  s.last_tick = last_tick_;
  s.last_tick_at = last_tick_at_;
  s.lead = lead_;
  s.rule_set = rule_set_;
  s.silent_topics = silent_topics_;
  s.cut = cut_;
  for (const auto& [offset, declared] : declared_breaks_)
    s.declared_breaks.emplace_back(JournalOffset(offset), declared);
  for (const auto& [id, silence] : silences_) s.silences.push_back(silence);
  for (const auto& [name, alert] : alerts_) {
    auto const open = open_.find(alert->state.key);
    s.alerts.push_back({alert, open != open_.end() && open->second->name == name});
  }
  std::vector<TransitionPtr> in_histories;
  for (const auto& [name, history] : histories_) {
    in_histories.insert(in_histories.end(), history->begin(), history->end());
  }
  std::ranges::sort(in_histories, before);
  // Both are in the order of their tokens, and most transitions are in both.
  auto history = in_histories.begin();
  auto watch = transitions_.begin();
  while (history != in_histories.end() || watch != transitions_.end()) {
    BookState::Told told;
    told.in_history =
        history != in_histories.end() && (watch == transitions_.end() || !before(*watch, *history));
    told.watchable =
        watch != transitions_.end() && (history == in_histories.end() || !before(*history, *watch));
    told.transition = told.in_history ? *history : *watch;
    if (told.in_history) ++history;
    if (told.watchable) ++watch;
    s.transitions.push_back(std::move(told));
  }
  s.forgotten = forgotten_;
  s.forgotten_through = forgotten_through_;
  return s;
}

std::optional<Book> Book::restore(base::Calendar calendar, BookState s) {
  if (!possible(s)) return std::nullopt;
  Book book(calendar);
  book.offset_ = s.offset;
  book.rules_changed_at_ = s.rules_changed_at;
  book.last_tick_ = s.last_tick;
  book.last_tick_at_ = s.last_tick_at;
  book.lead_ = std::move(s.lead);
  book.rule_set_ = std::move(s.rule_set);
  if (book.rule_set_ != nullptr) book.rule_set_digest_ = alerts::digest(*book.rule_set_);
  book.silent_topics_ = std::move(s.silent_topics);
  book.cut_ = std::move(s.cut);
  for (auto& [offset, declared] : s.declared_breaks) {
    book.regime_breaks_.push_back(declared.periods);
    book.declared_breaks_.emplace(offset.value, std::move(declared));
  }
  for (Silence& silence : s.silences) book.silences_.emplace(silence.id.value, std::move(silence));
  for (BookState::Kept& kept : s.alerts) {
    if (kept.open && !book.open_.emplace(kept.alert->state.key, kept.alert).second)
      return std::nullopt;
    book.alerts_.emplace_hint(book.alerts_.end(), kept.alert->name, std::move(kept.alert));
  }
  absl::btree_map<std::string, std::vector<TransitionPtr>> histories;
  for (BookState::Told& told : s.transitions) {
    if (told.watchable) book.transitions_.push_back(told.transition);
    if (!told.in_history) continue;
    std::vector<TransitionPtr>& history = histories[told.transition->alert->name];
    if (history.size() == kTransitionsPerAlertMax) return std::nullopt;
    history.push_back(std::move(told.transition));
  }
  for (auto& [name, history] : histories) {
    book.histories_.emplace_hint(
        book.histories_.end(), name,
        std::make_shared<const std::vector<TransitionPtr>>(std::move(history)));
  }
  book.forgotten_ = s.forgotten;
  book.forgotten_through_ = s.forgotten_through;
  return book;
}

}  // namespace bellwether::alerts
