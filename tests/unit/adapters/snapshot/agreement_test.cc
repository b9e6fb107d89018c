#include "adapters/snapshot/agreement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/world.h"

namespace bellwether::snapshot {
namespace {

using ::testing::HasSubstr;

constexpr LogMark kMark{7, 1000, 99};

std::string why(const absl::Status& status) {
  return std::string(status.message());
}

TEST(AgreementTest, ALogThatHoldsTheNextRecordsAgrees) {
  EXPECT_TRUE(agrees(kMark, 8, {0, 20, kMark}, "t 0").ok());
  EXPECT_TRUE(agrees(kMark, 8, {0, 8, kMark}, "t 0").ok());
  // The record of the mark may be gone.
  EXPECT_TRUE(agrees(kMark, 8, {8, 20, {}}, "t 0").ok());
  absl::Status const gone = agrees(kMark, 8, {9, 20, {}}, "t 0");
  EXPECT_TRUE(absl::IsFailedPrecondition(gone));
  EXPECT_THAT(why(gone), HasSubstr("t 0 begins at 9: the records from 8 on are gone"));
}

TEST(AgreementTest, ARecreatedLogDoesNotAgree) {
  for (LogState const& other : {LogState{0, 7, {}}, LogState{0, 20, {}},
                                LogState{0, 20, {7, 1000, 98}}, LogState{0, 20, {7, 1001, 99}}}) {
    absl::Status const s = agrees(kMark, 8, other, "t 0");
    EXPECT_TRUE(absl::IsFailedPrecondition(s));
    EXPECT_THAT(why(s), HasSubstr("is not the log of the snapshot"));
  }
}

TEST(AgreementTest, IfNothingWasReadAnyCompleteLogAgrees) {
  EXPECT_TRUE(agrees({}, 0, {0, 0, {}}, "t 0").ok());
  EXPECT_TRUE(agrees({}, 0, {0, 9, {}}, "t 0").ok());
  EXPECT_FALSE(agrees({}, 0, {1, 9, {}}, "t 0").ok());
}

// Two partitions of two topics, and the journal.
TEST(AgreementTest, EveryInputAndTheJournalMustAgree) {
  Restored found{
      {},
      {base::PeriodIndex(1),
       {testing::world(), base::Calendar(base::CalendarUnit::kMonth), base::PeriodIndex(0)},
       {},
       0},
      {}};
  found.manifest.identity.topics = {"a", "b"};
  found.manifest.journal = base::JournalOffset(4);
  for (int64_t p = 0; p < 2; ++p) {
    RestoredPartition& partition = found.partitions.emplace_back(RestoredPartition{
        {}, {}, ledger::Ledger(base::Calendar(base::CalendarUnit::kMonth), testing::world())});
    partition.state.inputs.resize(2);
    partition.state.inputs[0].next = base::Offset(10 * p + 1);
    partition.marks = {{10 * p, 5, 5}, {}};
  }
  auto const where = places(found, "journal");
  ASSERT_EQ(where.size(), 5u);
  EXPECT_EQ(where[1].topic, "b");
  EXPECT_EQ(where[2].partition, 1);
  EXPECT_EQ(where[2].offset, 10);
  EXPECT_EQ(where[4].topic, "journal");
  std::vector<LogState> const states = {
      {0, 1, {0, 5, 5}}, {0, 0, {}}, {0, 11, {10, 5, 5}}, {0, 0, {}}, {0, 5, {}}};
  EXPECT_TRUE(agrees_with_log(found, states).ok());
  for (size_t k = 0; k < states.size(); ++k) {
    std::vector<LogState> other = states;
    k == 4 ? void(other[k].high = 4) : void(other[k].low = 100);
    absl::Status const s = agrees_with_log(found, other);
    EXPECT_TRUE(absl::IsFailedPrecondition(s)) << k;
    EXPECT_THAT(why(s), HasSubstr(where[k].topic));
  }
}

// A snapshot with a book resumes in the journal as in any input. Without a book, the journal is
// read from its beginning.
TEST(AgreementTest, ARecreatedJournalMattersOnlyWithABook) {
  base::Calendar const months(base::CalendarUnit::kMonth);
  Restored found{
      {}, {base::PeriodIndex(1), {testing::world(), months, base::PeriodIndex(0)}, {}, 0}, {}};
  found.manifest.journal = base::JournalOffset(4);
  found.manifest.journal_mark = {4, 1000, 7};
  found.manifest.journal_next = 5;
  EXPECT_EQ(places(found, "journal").back().offset, 4);
  std::vector<LogState> const other = {{0, 9, {4, 1000, 8}}};
  EXPECT_TRUE(agrees_with_log(found, other).ok());
  found.book.emplace(months);
  EXPECT_THAT(why(agrees_with_log(found, other)), HasSubstr("the journal is not the log"));
  EXPECT_TRUE(agrees_with_log(found, std::vector<LogState>{{0, 9, {4, 1000, 7}}}).ok());
}

}  // namespace
}  // namespace bellwether::snapshot
