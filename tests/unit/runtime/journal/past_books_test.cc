#include "runtime/journal/past_books.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "adapters/snapshot/packed.h"
#include "runtime/journal/book_keeper.h"
#include "support/calendars.h"
#include "support/journals.h"

namespace bellwether::runtime {
namespace {

using alerts::Book;
using base::JournalOffset;
using testing::kMonths;
using testing::must;

// A random journal with records that nobody can read in between, and the book of each revision.
struct Told {
  explicit Told(uint64_t seed, int records) : random(seed) { go_on(records); }
  void go_on(int records) {
    for (int i = 0; i < records; ++i) {
      ++next;
      if (random.chance(0.05)) {
        book.skip(JournalOffset(next));
        keeper.skip(JournalOffset(next));
      } else {
        alerts::JournalEntry const entry = testing::random_entry(random, book);
        book.fold(JournalOffset(next), entry);
        keeper.fold(JournalOffset(next), entry);
      }
      books.insert_or_assign(next, book);
    }
    keeper.publish(true);
  }

  testing::Random random;
  int64_t next = 2;  // the first records of a journal may be gone
  Book book{kMonths};
  BookKeeper keeper{kMonths};
  std::map<int64_t, Book> books;
};

void expect_equal(const Book& again, const Book& then) {
  EXPECT_EQ(again.offset(), then.offset());
  EXPECT_EQ(again.digest(), then.digest());
  EXPECT_EQ(again.rule_set_digest(), then.rule_set_digest());
  EXPECT_EQ(again.silent_topics(), then.silent_topics());
  EXPECT_EQ(again.cut(), then.cut());
  EXPECT_EQ(again.lead(), then.lead());
}

TEST(PastBooksTest, EveryRevisionGivesTheBookOfThatTime) {
  Told told(1, 700);
  auto const past = told.keeper.published().past;
  int asked = 0;
  for (const auto& [revision, then] : told.books) {
    if (revision % 7 != 0 && revision < told.next - 10) continue;
    expect_equal(must(past->at(JournalOffset(revision))), then);
    ++asked;
  }
  EXPECT_GT(asked, 100);
  EXPECT_TRUE(absl::IsOutOfRange(past->at(JournalOffset(-2)).status()));
}

TEST(PastBooksTest, ARestoredPastAnswersAsTheOriginal) {
  Told told(2, 300);
  auto const published = told.keeper.published();
  PastBooks const again = must(PastBooks::restore(published.past->image(), *published.book));
  for (int64_t revision = 3; revision <= told.next; revision += 13)
    expect_equal(must(again.at(JournalOffset(revision))), told.books.at(revision));
  // It goes on in the same way.
  BookKeeper keeper(kMonths);
  keeper.start_from(*published.book, again);
  Book book = *published.book;
  for (int i = 0; i < 200; ++i) {
    JournalOffset const offset(++told.next);
    alerts::JournalEntry const entry = testing::random_entry(told.random, book);
    book.fold(offset, entry);
    keeper.fold(offset, entry);
    told.books.insert_or_assign(offset.value, book);
  }
  keeper.publish(true);
  for (int64_t revision = 3; revision <= told.next; revision += 11)
    expect_equal(must(keeper.published().past->at(JournalOffset(revision))),
                 told.books.at(revision));
}

TEST(PastBooksTest, APastThatDoesNotLeadToTheBookIsRefused) {
  Told told(3, 60);
  auto const published = told.keeper.published();
  auto const refused = [&](auto change) {
    snapshot::PastBook image = published.past->image();
    change(image);
    return !PastBooks::restore(image, *published.book).ok();
  };
  EXPECT_FALSE(refused([](auto&) {}));
  EXPECT_TRUE(refused([](auto& image) { image.records.resize(40); }));
  EXPECT_TRUE(refused([](auto& image) { std::swap(image.records[3], image.records[4]); }));
  EXPECT_TRUE(refused([](auto& image) {
    auto record = *image.records[5];
    record.packed = snapshot::pack("no record");
    image.records[5] = std::make_shared<snapshot::PastRecord>(record);
  }));
  EXPECT_TRUE(refused([](auto& image) {
    auto record = *image.records[5];
    record.packed.resize(record.packed.size() / 2);
    image.records[5] = std::make_shared<snapshot::PastRecord>(record);
  }));
  EXPECT_TRUE(refused([](auto& image) {
    auto record = *image.records.back();
    record.tick = record.tick ? std::nullopt : std::optional(base::PeriodIndex(1));
    image.records.back() = std::make_shared<snapshot::PastRecord>(record);
  }));
}

alerts::TickEvaluated empty_tick(int32_t tick) {
  alerts::TickEvaluated t;
  t.tick = base::PeriodIndex(tick);
  return t;
}

// Folds one tick after another.
class Ticks {
 public:
  explicit Ticks(size_t bytes_max = kPastRecordBytesMax) : past(bytes_max) {}
  void add(int ticks) {
    for (int i = 0; i < ticks; ++i) {
      JournalOffset const offset(book.offset().value + 1);
      alerts::TickEvaluated const tick = empty_tick(next_++);
      past.before_fold(book);
      book.fold(offset, tick);
      past.add(offset, tick, tick.tick);
    }
  }
  Book book{kMonths};
  PastBooks past;

 private:
  int32_t next_ = 100;
};

TEST(PastBooksTest, TheLatestTicksAreKeptAndTheOldestForgotten) {
  Ticks ticks;
  ticks.add(3 * static_cast<int>(kPastBookTicks));
  int64_t const last = ticks.book.offset().value;
  int64_t const sure = last - static_cast<int64_t>(kPastBookTicks);
  EXPECT_TRUE(ticks.past.at(JournalOffset(sure)).ok());
  EXPECT_TRUE(absl::IsOutOfRange(
      ticks.past.at(JournalOffset(sure - 2 * int64_t{kTicksBetweenBooks})).status()));
  EXPECT_EQ(ticks.past.record_of(base::PeriodIndex(100 + static_cast<int32_t>(last))),
            JournalOffset(last));
  EXPECT_EQ(ticks.past.record_of(base::PeriodIndex(100)), std::nullopt);
}

TEST(PastBooksTest, RecordsTakeBoundedMemory) {
  Ticks measured;
  measured.add(static_cast<int>(kTicksBetweenBooks));
  size_t bytes = 0;
  for (const auto& record : measured.past.image().records) bytes += record->packed.size();
  Ticks ticks(3 * bytes);
  ticks.add(10 * static_cast<int>(kTicksBetweenBooks));
  size_t kept = 0;
  for (const auto& record : ticks.past.image().records) kept += record->packed.size();
  EXPECT_LE(kept, 4 * bytes);
  EXPECT_TRUE(ticks.past.at(ticks.book.offset()).ok());
}

TEST(PastBooksTest, ManyActsInOneTickDoNotMakeAQuestionSlow) {
  Ticks ticks;
  ticks.add(1);
  for (size_t i = 0; i < 2 * kRecordsBetweenBooks; ++i) {
    JournalOffset const offset(ticks.book.offset().value + 1);
    alerts::AlertAcknowledged const act{"R1.A.S.2011-01", "ann", "", base::UnixMillis(1)};
    ticks.past.before_fold(ticks.book);
    ticks.book.fold(offset, act);
    ticks.past.add(offset, act, std::nullopt);
  }
  snapshot::PastBook const image = ticks.past.image();
  EXPECT_EQ(image.records.size(), 1 + 2 * kRecordsBetweenBooks) << "none is forgotten";
  EXPECT_TRUE(ticks.past.at(JournalOffset(5)).ok());
}

}  // namespace
}  // namespace bellwether::runtime
