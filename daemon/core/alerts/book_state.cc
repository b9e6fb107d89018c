// Checks whether a book can have a given state.
#include <algorithm>
#include <utility>

#include "core/alerts/book.h"

namespace bellwether::alerts {
namespace {

bool ascending(const std::vector<TransitionPtr>& transitions) {
  return std::ranges::adjacent_find(transitions,
                                    [](const TransitionPtr& a, const TransitionPtr& b) {
                                      return !(a->token < b->token);
                                    }) == transitions.end();
}

// True if the transitions are in order and none is after `offset`.
bool possible(const std::vector<TransitionPtr>& transitions, JournalOffset offset) {
  return ascending(transitions) &&
         (transitions.empty() || transitions.back()->token.offset <= offset);
}

bool possible(const BookState& s) {
  auto const keys_until = [&](const auto& map) {
    return map.empty() || map.rbegin()->first <= s.offset.value;
  };
  return s.rules_changed_at <= s.offset && s.lead.epoch <= s.offset &&
         s.silences.size() <= kSilencesMax && s.declared_breaks.size() <= kRegimeBreaksMax &&
         s.transitions.size() <= kTransitionsKept && keys_until(s.declared_breaks) &&
         keys_until(s.silences) && possible(s.transitions, s.offset) &&
         (s.forgotten == 0 || s.transitions.empty() ||
          s.forgotten_through < s.transitions.front()->token) &&
         std::ranges::all_of(s.histories, [&](const auto& history) {
           return history.second->size() <= kTransitionsPerAlertMax &&
                  possible(*history.second, s.offset);
         });
}

}  // namespace

std::optional<Book> Book::restore(base::Calendar calendar, BookState state) {
  if (!possible(state)) return std::nullopt;
  Book book(calendar);
  book.state_ = std::move(state);
  book.follow_rule_set();
  book.follow_regime_breaks();
  return book;
}

}  // namespace bellwether::alerts
