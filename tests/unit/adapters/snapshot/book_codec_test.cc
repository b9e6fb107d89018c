#include "adapters/snapshot/book_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/bytes.h"
#include "core/base/text.h"
#include "support/calendars.h"
#include "support/journals.h"
#include "support/memory_disk.h"
#include "support/must.h"

namespace bellwether::snapshot {
namespace {

using alerts::Book;
using base::JournalOffset;
using ::testing::HasSubstr;

using testing::kMonths;
// From items.h.
constexpr uint8_t kBook = 10;
constexpr uint8_t kRules = 11;
constexpr uint8_t kAlerts = 13;
constexpr uint8_t kSilences = 12;
constexpr uint8_t kTransitions = 14;
constexpr uint8_t kBookAlerts = 15;
constexpr uint8_t kSpecialDays = 16;

std::string written(const Book& book) {
  testing::MemoryDisk disk;
  {
    auto const file = testing::must(disk.create("/f"));
    FrameWriter frames(*file, FileKind::kBook);
    EXPECT_TRUE(write(book, frames).ok());
  }
  return *disk.bytes("/f");
}

absl::StatusOr<Book> read(std::string_view bytes) {
  testing::MemoryDisk disk;
  EXPECT_TRUE(testing::must(disk.create("/f"))->append(bytes).ok());
  auto const file = testing::must(disk.open("/f"));
  FrameReader frames(*file, FileKind::kBook);
  return read_book(frames, kMonths);
}

void expect_equal(const Book& a, const Book& b) {
  ASSERT_EQ(a.offset(), b.offset());
  ASSERT_EQ(a.digest(), b.digest());
  ASSERT_EQ(a.rule_set_digest(), b.rule_set_digest());
  ASSERT_EQ(a.rule_set() != nullptr, b.rule_set() != nullptr);
  if (a.rule_set() != nullptr) {
    ASSERT_EQ(*a.rule_set(), *b.rule_set());
  }
  ASSERT_EQ(a.regime_breaks(), b.regime_breaks());
  ASSERT_EQ(a.cut(), b.cut());
  ASSERT_EQ(a.lead(), b.lead());
  ASSERT_EQ(a.silent_topics(), b.silent_topics());
  ASSERT_EQ(a.last_tick_at(), b.last_tick_at());
  ASSERT_EQ(a.open().size(), b.open().size());
  ASSERT_EQ(a.transitions_end(), b.transitions_end());
  for (const auto& [name, alert] : a.alerts()) {
    ASSERT_NE(b.find(name), nullptr);
    ASSERT_EQ(alert->state, b.find(name)->state);
    ASSERT_EQ(alert->raised_evidence, b.find(name)->raised_evidence);
    ASSERT_EQ(a.history(name).size(), b.history(name).size());
  }
  ASSERT_EQ(written(a), written(b));
}

// A book can be saved after any record, restored and folded further, with the same result.
TEST(BookCodecPropertyTest, ARestoredBookFoldsLikeTheOriginal) {
  int kinds = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    testing::Random random(seed);
    Book straight(kMonths);
    Book kept(kMonths);
    for (int64_t offset = 0; offset < 120; ++offset) {
      alerts::JournalEntry const entry = testing::random_entry(random, straight);
      auto const outcome = straight.fold(JournalOffset(offset), entry);
      ASSERT_EQ(kept.fold(JournalOffset(offset), entry), outcome);
      kinds |= 1 << entry.index() << (outcome == alerts::FoldOutcome::kApplied ? 0 : 8);
      if (!random.chance(0.1)) continue;
      auto again = read(written(kept));
      ASSERT_TRUE(again.ok()) << again.status();
      kept = *std::move(again);
      expect_equal(straight, kept);
    }
    expect_equal(straight, kept);
    for (size_t i = *straight.first_after({}); i < straight.transitions_end(); ++i) {
      ASSERT_EQ(straight.transition(i).token, kept.transition(i).token);
      ASSERT_EQ(straight.transition(i).kind, kept.transition(i).kind);
      ASSERT_EQ(straight.transition(i).alert->state, kept.transition(i).alert->state);
    }
  }
  EXPECT_EQ(kinds & 0x7f, 0x7f) << "every kind of entry was applied";
  EXPECT_NE(kinds >> 8, 0) << "some entries were not applied";
}

TEST(BookCodecTest, AnEmptyBookIsRestored) {
  auto const book = read(written(Book(kMonths)));
  ASSERT_TRUE(book.ok()) << book.status();
  EXPECT_EQ(book->offset(), JournalOffset(-1));
  EXPECT_EQ(book->rule_set(), nullptr);
  EXPECT_FALSE(book->last_tick());
}

// A closed alert's name can be used again, and old transitions outlive their alerts.
TEST(BookCodecTest, TransitionsThatWatchersCannotResumeBeforeStaySo) {
  testing::Random random(1);
  Book book(kMonths);
  for (int32_t t = 0; t < 11; ++t) {
    alerts::TickEvaluated tick = testing::random_tick(random, book);
    tick.updates.clear();
    for (int i = 0; i < 20'000; ++i) {
      alerts::AlertUpdate u;
      u.key = {"R1", "A1", std::to_string(i)};
      u.raised = tick.tick;
      u.open = false;
      u.transition = alerts::TransitionKind::kRaised;
      tick.updates.push_back(std::move(u));
    }
    book.fold(JournalOffset(t), tick);
  }
  ASSERT_FALSE(book.first_after({})) << "this test needs removed transitions";
  std::string const bytes = written(book);
  auto const again = read(bytes);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_FALSE(again->first_after({}));
  EXPECT_EQ(again->alerts().size(), book.alerts().size());
  EXPECT_EQ(again->transitions_end(), book.transitions_end());
  EXPECT_EQ(written(*again), bytes);
}

class DamagedBookTest : public ::testing::Test {
 protected:
  // The frames of a small book. `change` may alter a frame with `tag`, or remove it by clearing it.
  absl::StatusOr<Book> with(uint8_t tag, const std::function<void(std::string&)>& change) {
    testing::Random random(5);
    Book book(kMonths);
    for (int64_t offset = 0; offset < 60; ++offset)
      book.fold(JournalOffset(offset), testing::random_tick(random, book));
    book.fold(JournalOffset(60), alerts::SilenceCreated{});
    book.fold(JournalOffset(61), alerts::RegimeBreakDeclared{});
    return with(book, tag, change);
  }
  absl::StatusOr<Book> with(const Book& book, uint8_t tag,
                            const std::function<void(std::string&)>& change) {
    testing::MemoryDisk disk;
    EXPECT_TRUE(testing::must(disk.create("/from"))->append(written(book)).ok());
    auto const from = testing::must(disk.open("/from"));
    FrameReader frames(*from, FileKind::kBook);
    {
      auto const to = testing::must(disk.create("/to"));
      FrameWriter out(*to, FileKind::kBook);
      bool found = false;
      for (auto frame = testing::must(frames.next()); frame; frame = testing::must(frames.next())) {
        std::string payload(frame->payload);
        if (frame->tag == tag) {
          found = true;
          change(payload);
          if (payload.empty()) continue;
        }
        EXPECT_TRUE(out.frame(frame->tag, payload, Pack::kNo).ok());
      }
      EXPECT_TRUE(found);
      EXPECT_TRUE(out.finish().ok());
    }
    return read(*disk.bytes("/to"));
  }
};

TEST_F(DamagedBookTest, ImpossibleContentIsRefused) {
  EXPECT_TRUE(with(kBook, [](std::string&) {}).ok());
  for (uint8_t tag : {kBook, kAlerts, kTransitions}) {
    auto const cut_off = with(tag, [](std::string& payload) { payload.pop_back(); });
    EXPECT_TRUE(absl::IsDataLoss(cut_off.status())) << int{tag};
    EXPECT_THAT(std::string(cut_off.status().message()), HasSubstr("impossible content"));
  }
  EXPECT_TRUE(
      absl::IsDataLoss(with(kBook, [](std::string& payload) { payload.clear(); }).status()));
  EXPECT_TRUE(
      absl::IsDataLoss(with(kAlerts, [](std::string& payload) { payload.clear(); }).status()))
      << "transitions without an alert";
  EXPECT_TRUE(
      absl::IsDataLoss(with(kBook, [](std::string& payload) { payload += payload; }).status()))
      << "two books";
  EXPECT_TRUE(absl::IsDataLoss(
      with(kTransitions, [](std::string& payload) { payload += payload; }).status()))
      << "each transition twice";
  // The book's offset is first in its state, and the transitions come after it.
  EXPECT_TRUE(absl::IsDataLoss(with(kBook, [](std::string& payload) { payload[0] = 2; }).status()));
}

TEST_F(DamagedBookTest, SpecialDaysNeedRulesAndAnOrder) {
  Book book(kMonths);
  alerts::RuleSetActivated rules{alerts::default_rules(kMonths), "configuration", {}};
  rules.rule_set.business_calendar =
      testing::must(base::BusinessCalendar::make({{base::Days(2), base::Days(3)}, {}, {}}));
  book.fold(JournalOffset(0), rules);
  auto const again = with(book, kSpecialDays, [](std::string& payload) {
    ASSERT_EQ(payload, (std::string{2, 4, 6, 0, 0})) << "lengths, and days in zigzag";
  });
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again->rule_set(), rules.rule_set);
  EXPECT_THAT(std::string(with(book, kSpecialDays, [](std::string& payload) { payload[2] = 2; })
                              .status()
                              .message()),
              HasSubstr("special days: holidays: the days are not in ascending order"));
  EXPECT_THAT(
      std::string(
          with(book, kRules, [](std::string& payload) { payload.clear(); }).status().message()),
      HasSubstr("special days without rules"));
}

// The book's maps cannot hold duplicates or a wrong order, so the reader must refuse them.
TEST_F(DamagedBookTest, DuplicatesAndWrongOrderAreRefused) {
  auto const twice = [](std::string& payload) { payload += payload; };
  EXPECT_THAT(std::string(with(kSilences, twice).status().message()),
              HasSubstr("silences out of order"));
  EXPECT_THAT(std::string(with(kTransitions, twice).status().message()),
              HasSubstr("transitions out of order"));
  EXPECT_TRUE(absl::IsDataLoss(with(kBookAlerts, twice).status()));
  // Each closed alert of the book is stored as its index and a zero.
  Book book(kMonths);
  for (int32_t t = 0; t < 2; ++t) {
    alerts::TickEvaluated tick;
    tick.tick = base::PeriodIndex(500 + t);
    alerts::AlertUpdate u;
    u.key = {"R1", "A1", "S1"};
    u.raised = tick.tick;
    u.open = false;
    u.transition = alerts::TransitionKind::kCleared;
    tick.updates = {u};
    book.fold(JournalOffset(t), tick);
  }
  auto const with_alerts = [&](std::string_view bytes) {
    return with(book, kBookAlerts, [&](std::string& payload) {
      ASSERT_EQ(payload, (std::string{0, 0, 1, 0}));
      payload = bytes;
    });
  };
  EXPECT_TRUE(with_alerts({"\0\0\1\0", 4}).ok());
  EXPECT_THAT(std::string(with_alerts({"\1\0\0\0", 4}).status().message()),
              HasSubstr("alerts out of order"));
  EXPECT_THAT(std::string(with_alerts({"\0\0\0\0", 4}).status().message()),
              HasSubstr("alerts out of order"));
  EXPECT_THAT(std::string(with_alerts({"\0\1\1\1", 4}).status().message()),
              HasSubstr("two open alerts of a node"));
  EXPECT_TRUE(with(book, kTransitions, [](std::string& payload) {
                ASSERT_EQ(payload[2], 4) << "the kind, after offset and index";
              }).ok());
  EXPECT_TRUE(absl::IsDataLoss(
      with(book, kTransitions, [](std::string& payload) { payload[2] = 3; }).status()))
      << "a reserved number";
}

// The regime breaks of a book are a list; each entry is a journal offset and a declaration.
TEST_F(DamagedBookTest, ADuplicateRegimeBreakIsRefused) {
  Book book(kMonths);
  alerts::RegimeBreakDeclared const declared{
      {base::PeriodIndex(1), base::PeriodIndex(2)}, "a law", "ann", base::UnixMillis(0)};
  book.fold(JournalOffset(20), declared);
  book.fold(JournalOffset(21), declared);
  auto const second_at = [&](char offset) {
    return with(book, kBook, [&](std::string& payload) {
      size_t const first = payload.find("a law");
      size_t const second = payload.find("a law", first + 1);
      ASSERT_NE(second, std::string::npos);
      // Offset, first period, last period and the length of the text.
      char& stored = payload[second - 4];
      ASSERT_EQ(stored, 42);
      stored = offset;
    });
  };
  EXPECT_TRUE(second_at(42).ok());
  EXPECT_TRUE(absl::IsDataLoss(second_at(40).status()));
  EXPECT_TRUE(absl::IsDataLoss(second_at(38).status()));
}

// Equal alerts would pack better than a reader accepts, so they are stored unpacked.
TEST(BookCodecTest, AlertsThatPackTooWellAreStoredUnpacked) {
  Book book(kMonths);
  alerts::TickEvaluated tick;
  tick.tick = base::PeriodIndex(500);
  for (int i = 0; i < 5'000; ++i) {
    alerts::AlertUpdate u;
    u.key = {"R1", "A1", std::to_string(i)};
    u.raised = tick.tick;
    tick.updates.push_back(std::move(u));
  }
  book.fold(JournalOffset(0), tick);
  auto const again = read(written(book));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->open().size(), 5'000u);
}

}  // namespace
}  // namespace bellwether::snapshot
