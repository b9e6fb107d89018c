#include "runtime/journal/divergence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/journal/book_keeper.h"
#include "support/calendars.h"

namespace bellwether::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using News = Comparisons::News;

using testing::kMonths;
std::vector<alerts::CutOffset> const kCut = {
    {"registrations", 0, 7}, {"registrations", 1, 9}, {"support", 0, -1}};

alerts::TickEvaluated evaluated(int32_t tick, int64_t book = -1) {
  alerts::TickEvaluated t;
  t.tick = base::PeriodIndex(tick);
  t.book_offset = base::JournalOffset(book);
  t.writer = "bw-1";
  t.cut = kCut;
  t.cells_digest = 0xce;
  t.verdict_digest = 0xfe;
  t.figures = engine::kFiguresVersion;
  return t;
}
OwnTick own(int32_t tick, uint64_t cells = 0xce, std::optional<uint64_t> verdict = 0xfe) {
  return {base::PeriodIndex(tick), 0, cut_digest(kCut), cells, verdict};
}
JournaledTick journaled(int32_t tick) {
  return in_short(base::JournalOffset(3), evaluated(tick));
}

TEST(CutDigestTest, DependsOnlyOnTheSetOfOffsets) {
  std::vector<alerts::CutOffset> other = {kCut[2], kCut[0], kCut[1]};
  EXPECT_EQ(cut_digest(other), cut_digest(kCut));
  for (size_t i = 0; i < kCut.size(); ++i) {
    other = kCut;
    ++other[i].offset;
    EXPECT_NE(cut_digest(other), cut_digest(kCut));
    other = kCut;
    ++other[i].partition;
    EXPECT_NE(cut_digest(other), cut_digest(kCut));
    other.erase(other.begin() + static_cast<ptrdiff_t>(i));
    EXPECT_NE(cut_digest(other), cut_digest(kCut));
  }
}

TEST(CompareTest, EqualCutsMustHaveEqualCellsAndFromOneBookOneVerdict) {
  JournaledTick const theirs = journaled(590);
  EXPECT_EQ(compare(own(590), &theirs), Compared::kEqual);
  EXPECT_EQ(compare(own(590, 0xce, std::nullopt), &theirs), Compared::kCellsEqual);
  EXPECT_EQ(compare(own(590, 0xcf), &theirs), Compared::kCellsDiffer);
  EXPECT_EQ(compare(own(590, 0xcf, std::nullopt), &theirs), Compared::kCellsDiffer);
  EXPECT_EQ(compare(own(590, 0xce, 0xff), &theirs), Compared::kVerdictsDiffer);
}

TEST(CompareTest, OtherCutsAndTicksWithoutARecordAreNoDivergence) {
  JournaledTick const theirs = journaled(590);
  OwnTick elsewhere = own(590, 0x11, 0x12);
  ++elsewhere.cut_digest;
  EXPECT_EQ(compare(elsewhere, &theirs), Compared::kCutDiffers);
  EXPECT_EQ(compare(own(590), nullptr), Compared::kNotCompared);
  alerts::TickEvaluated passed;
  passed.tick = base::PeriodIndex(590);
  JournaledTick const unjudged = in_short(base::JournalOffset(3), passed);
  EXPECT_EQ(compare(own(590), &unjudged), Compared::kNotCompared);
  JournaledTick older = theirs;
  --older.figures;
  EXPECT_EQ(compare(own(590, 0xcf), &older), Compared::kNotCompared)
      << "another build counts facts differently";
}

// A leader with another configuration, or the ticks before a change of it.
TEST(ComparisonsTest, F7_ATickOfOtherWorkingHoursIsNotComparedButTold) {
  JournaledTick theirs = journaled(590);
  theirs.working_hours = 7;
  EXPECT_EQ(in_short(base::JournalOffset(3), evaluated(590)).working_hours, 0u);
  EXPECT_EQ(compare(own(590, 0xcf), &theirs), Compared::kNotCompared);
  Comparisons c;
  EXPECT_EQ(c.note(Compared::kNotCompared, own(590), &theirs), News::kNone);
  EXPECT_TRUE(c.report().other_working_hours);
  EXPECT_EQ(c.note(Compared::kNotCompared, own(591), nullptr), News::kNone);
  EXPECT_TRUE(c.report().other_working_hours) << "nothing newer is known";
  OwnTick same = own(592);
  same.working_hours = 7;
  EXPECT_EQ(compare(same, &theirs), Compared::kEqual);
  c.note(Compared::kEqual, same, &theirs);
  EXPECT_FALSE(c.report().other_working_hours);
  c.note(Compared::kNotCompared, own(593), &theirs);
  c.note_own();
  EXPECT_FALSE(c.report().other_working_hours);
}

TEST(ComparisonsTest, ReportsBeginAndEndOfADivergenceAndCountsEveryTick) {
  Comparisons c;
  JournaledTick const theirs = journaled(590);
  EXPECT_EQ(c.note(Compared::kEqual, own(590), &theirs), News::kNone);
  EXPECT_EQ(c.note(Compared::kCellsDiffer, own(591, 0xcf), &theirs), News::kDiverged);
  EXPECT_THAT(
      describe(c.latest(), kMonths),
      HasSubstr(
          "tick 2019-04: the digest of the cells is 00000000000000cf here and 00000000000000ce in "
          "journal record 3 of bw-1"));
  EXPECT_EQ(c.note(Compared::kVerdictsDiffer, own(592, 0xce, 0xff), &theirs), News::kNone)
      << "reported already";
  EXPECT_EQ(c.note(Compared::kCutDiffers, own(593), &theirs), News::kNone);
  EXPECT_TRUE(c.report().diverged) << "another cut does not change the result";
  EXPECT_EQ(c.note(Compared::kCellsEqual, own(594), &theirs), News::kAgreesAgain);
  EXPECT_FALSE(c.report().diverged);
  EXPECT_EQ(c.note(Compared::kVerdictsDiffer, own(595, 0xce, 0xff), &theirs), News::kDiverged);
  EXPECT_THAT(describe(c.latest(), kMonths), HasSubstr("of the verdict is 00000000000000ff here"));
  EXPECT_EQ(c.note(Compared::kNotCompared, own(596), nullptr), News::kNone);
  c.note_own();
  EXPECT_FALSE(c.report().diverged);
  // In the order of Compared.
  EXPECT_THAT(c.report().ticks, ElementsAre(1, 1, 1, 2, 1, 1));
  EXPECT_THAT(describe(*c.report().first, kMonths), HasSubstr("tick 2019-04"));
}

TEST(InShortTest, AWritersNameIsTruncated) {
  alerts::TickEvaluated tick = evaluated(1);
  tick.writer = std::string(100'000, 'w');
  EXPECT_EQ(in_short(base::JournalOffset(0), tick).writer.size(), kWriterBytesKept);
}

TEST(InShortTest, F6_AWritersNameIsCutBetweenCharacters) {
  alerts::TickEvaluated tick = evaluated(1);
  tick.writer = std::string(kWriterBytesKept - 1, 'w') + "\u20ac";
  EXPECT_THAT(in_short(base::JournalOffset(0), tick).writer, ::testing::EndsWith("w\u2026"));
}

class JournaledTicksTest : public ::testing::Test {
 protected:
  void fold(const alerts::JournalEntry& entry) {
    keeper_.fold(base::JournalOffset(next_++), entry);
  }
  void act() {
    fold(alerts::SilenceCreated{"R1", "", "", base::UnixMillis(1), "a", "", base::UnixMillis(0)});
  }
  BookKeeper keeper_{kMonths};
  int64_t next_ = 0;
};

TEST_F(JournaledTicksTest, OnlyTheAcceptedRecordIsRemembered) {
  fold(evaluated(10));
  alerts::TickEvaluated late = evaluated(10);
  late.cells_digest = 1;
  fold(late);
  fold(evaluated(12));  // not the next tick
  fold(evaluated(11));
  ASSERT_TRUE(keeper_.journaled(base::PeriodIndex(10)));
  EXPECT_EQ(keeper_.journaled(base::PeriodIndex(10))->cells_digest, 0xce);
  EXPECT_EQ(keeper_.journaled(base::PeriodIndex(10))->writer, "bw-1");
  EXPECT_EQ(keeper_.journaled(base::PeriodIndex(11))->offset.value, 3);
  EXPECT_FALSE(keeper_.journaled(base::PeriodIndex(9)));
  EXPECT_FALSE(keeper_.journaled(base::PeriodIndex(12)));
}

TEST_F(JournaledTicksTest, TheBookBeforeATickIsKeptOnceTheJournalWasReadToItsEnd) {
  fold(evaluated(10));
  EXPECT_EQ(keeper_.journaled(base::PeriodIndex(10))->before, nullptr);
  keeper_.publish(true);
  act();                   // offset 1
  fold(evaluated(11, 0));  // computed before the act, which does not affect a verdict
  fold(evaluated(12, 2));  // read together with tick 11
  auto const eleven = keeper_.journaled(base::PeriodIndex(11));
  ASSERT_NE(eleven->before, nullptr);
  EXPECT_EQ(eleven->before->last_tick(), base::PeriodIndex(10));
  auto const twelve = keeper_.journaled(base::PeriodIndex(12));
  ASSERT_NE(twelve->before, nullptr);
  EXPECT_EQ(twelve->before->last_tick(), base::PeriodIndex(11));
  fold(evaluated(13, 2));  // computed from a book without tick 12
  EXPECT_EQ(keeper_.journaled(base::PeriodIndex(13))->before, nullptr);
}

TEST_F(JournaledTicksTest, KeptTicksAndBooksAreLimited) {
  keeper_.publish(true);
  auto const ticks = static_cast<int32_t>(kJournaledTicksKept) + 10;
  for (int32_t t = 0; t < ticks; ++t) fold(evaluated(t, next_ - 1));
  EXPECT_FALSE(keeper_.journaled(base::PeriodIndex(9)));
  EXPECT_TRUE(keeper_.journaled(base::PeriodIndex(10)));
  size_t books = 0;
  for (int32_t t = 10; t < ticks; ++t)
    books += keeper_.journaled(base::PeriodIndex(t))->before != nullptr;
  EXPECT_EQ(books, kBooksBeforeKept);
  EXPECT_NE(keeper_.journaled(base::PeriodIndex(ticks - 1))->before, nullptr);
}

}  // namespace
}  // namespace bellwether::runtime
