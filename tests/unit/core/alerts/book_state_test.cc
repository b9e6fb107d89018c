// Tests which states a book can resume from.
#include <gtest/gtest.h>

#include <functional>

#include "core/alerts/book.h"
#include "support/calendars.h"
#include "support/journals.h"

namespace bellwether::alerts {
namespace {

using testing::kMonths;

Book some_book() {
  testing::Random random(7);
  Book book(kMonths);
  for (int64_t offset = 0; offset < 100; ++offset) {
    book.fold(JournalOffset(offset), testing::random_entry(random, book));
  }
  book.fold(JournalOffset(100),
            SilenceCreated{"R1", "", "", UnixMillis(9), "ann", "", UnixMillis(0)});
  book.fold(JournalOffset(101),
            RegimeBreakDeclared{{PeriodIndex(1), PeriodIndex(2)}, "a law", "ann", UnixMillis(0)});
  return book;
}

TEST(BookStateTest, ABookIsItsState) {
  Book const book = some_book();
  auto const again = Book::restore(kMonths, book.state());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->digest(), book.digest());
  EXPECT_EQ(again->offset(), book.offset());
  EXPECT_EQ(again->rule_set_digest(), book.rule_set_digest());
  EXPECT_EQ(again->state().transitions, book.state().transitions);
  EXPECT_EQ(again->state().alerts, book.state().alerts);
}

TEST(BookStateTest, AnImpossibleStateIsRefused) {
  auto const refused = [](const char* what, const std::function<void(BookState&)>& change) {
    BookState state = some_book().state();
    change(state);
    EXPECT_FALSE(Book::restore(kMonths, std::move(state))) << what;
  };
  refused("a transition behind the book", [](BookState& s) { s.offset = JournalOffset(3); });
  refused("rules behind the book",
          [](BookState& s) { s.rules_changed_at = JournalOffset(s.offset.value + 1); });
  refused("a lead behind the book",
          [](BookState& s) { s.lead.epoch = JournalOffset(s.offset.value + 1); });
  refused("a silence behind the book", [](BookState& s) {
    s.silences.emplace(s.offset.value + 1, s.silences.rbegin()->second);
  });
  refused("a regime break behind the book", [](BookState& s) {
    s.declared_breaks.emplace(s.offset.value + 1, s.declared_breaks.rbegin()->second);
  });
  refused("transitions out of order",
          [](BookState& s) { std::swap(s.transitions[0], s.transitions[1]); });
  refused("a transition twice",
          [](BookState& s) { s.transitions.push_back(s.transitions.back()); });
  refused("a transition twice in a history", [](BookState& s) {
    auto& history = s.histories.begin()->second;
    auto twice = *history;
    twice.push_back(twice.back());
    history = std::make_shared<const std::vector<TransitionPtr>>(std::move(twice));
  });
  refused("too long a history", [](BookState& s) {
    s.offset = JournalOffset(10'000);
    std::vector<TransitionPtr> history;
    for (size_t i = 0; i <= kTransitionsPerAlertMax; ++i) {
      auto next = std::make_shared<Transition>(*s.transitions.back());
      next->token.offset = JournalOffset(static_cast<int64_t>(i));
      history.push_back(std::move(next));
    }
    s.histories.begin()->second =
        std::make_shared<const std::vector<TransitionPtr>>(std::move(history));
  });
  refused("too many silences", [](BookState& s) {
    s.offset = JournalOffset(10'000);
    Silence const silence = s.silences.rbegin()->second;
    for (size_t i = 0; i < kSilencesMax; ++i)
      s.silences.emplace(s.silences.rbegin()->first + 1, silence);
  });
  refused("too many regime breaks", [](BookState& s) {
    s.offset = JournalOffset(10'000);
    auto const declared = s.declared_breaks.rbegin()->second;
    for (size_t i = 0; i < kRegimeBreaksMax; ++i)
      s.declared_breaks.emplace(s.declared_breaks.rbegin()->first + 1, declared);
  });
  refused("a dropped transition is not before the kept ones", [](BookState& s) {
    s.forgotten = 1;
    s.forgotten_through = s.transitions.front()->token;
  });
}

}  // namespace
}  // namespace bellwether::alerts
