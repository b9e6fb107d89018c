// Which states a book can go on from.
#include <gtest/gtest.h>

#include <functional>

#include "core/alerts/book.h"
#include "support/journals.h"

namespace bellwether::alerts {
namespace {

constexpr base::Calendar kMonths(base::CalendarUnit::kMonth);

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

TEST(BookStateTest, AStateThatNoBookHasIsRefused) {
  auto const refused = [](const char* what, const std::function<void(BookState&)>& change) {
    BookState state = some_book().state();
    change(state);
    EXPECT_FALSE(Book::restore(kMonths, std::move(state))) << what;
  };
  refused("a transition behind the book", [](BookState& s) { s.offset = JournalOffset(3); });
  refused("rules behind the book",
          [](BookState& s) { s.rules_changed_at = JournalOffset(s.offset.value + 1); });
  refused("a silence behind the book",
          [](BookState& s) { s.silences.back().id = JournalOffset(s.offset.value + 1); });
  refused("a regime break behind the book",
          [](BookState& s) { s.declared_breaks.back().first = JournalOffset(s.offset.value + 1); });
  refused("transitions out of order",
          [](BookState& s) { std::swap(s.transitions[0], s.transitions[1]); });
  refused("a transition twice",
          [](BookState& s) { s.transitions.push_back(s.transitions.back()); });
  refused("alerts out of order", [](BookState& s) { std::swap(s.alerts[0], s.alerts[1]); });
  refused("a silence twice", [](BookState& s) { s.silences.push_back(s.silences.back()); });
  refused("a regime break twice",
          [](BookState& s) { s.declared_breaks.push_back(s.declared_breaks.back()); });
  refused("two open alerts of one node", [](BookState& s) {
    auto twin = std::make_shared<Alert>(*s.alerts.back().alert);
    twin->name += "x";
    s.alerts.back().open = true;
    s.alerts.push_back({twin, true});
  });
  refused("too many silences", [](BookState& s) {
    s.offset = JournalOffset(10'000);
    for (size_t i = 0; i < kSilencesMax; ++i) {
      Silence silence = s.silences.back();
      silence.id = JournalOffset(silence.id.value + 1);
      s.silences.push_back(silence);
    }
  });
  refused("too many regime breaks", [](BookState& s) {
    s.offset = JournalOffset(10'000);
    for (size_t i = 0; i < kRegimeBreaksMax; ++i) {
      auto declared = s.declared_breaks.back();
      declared.first = JournalOffset(declared.first.value + 1);
      s.declared_breaks.push_back(declared);
    }
  });
  refused("a transition that was forgotten can be resumed before", [](BookState& s) {
    s.forgotten = 1;
    s.forgotten_through = s.transitions.front().transition->token;
  });
}

}  // namespace
}  // namespace bellwether::alerts
