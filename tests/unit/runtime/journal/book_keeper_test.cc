#include "runtime/journal/book_keeper.h"

#include <gtest/gtest.h>

#include "support/calendars.h"

namespace bellwether::runtime {
namespace {

using base::JournalOffset;
using base::UnixMillis;
using testing::kMonths;

class WriteTimesTest : public ::testing::Test {
 protected:
  void fold(int64_t offset, UnixMillis written_at) {
    keeper_.fold(JournalOffset(offset), alerts::AlertAcknowledged{"none", "a", "", UnixMillis(0)},
                 written_at);
  }
  BookKeeper keeper_{kMonths};
};

// At a start the records of the past are folded at once; they were not written just now.
TEST_F(WriteTimesTest, RecordsBeforeTheEndOfTheJournalAreNotRemembered) {
  fold(0, UnixMillis(5'000));
  EXPECT_EQ(keeper_.written_at(JournalOffset(0)), std::nullopt);
  keeper_.publish(true);
  fold(1, UnixMillis(6'000));
  EXPECT_EQ(keeper_.written_at(JournalOffset(0)), std::nullopt);
  EXPECT_EQ(keeper_.written_at(JournalOffset(1)), UnixMillis(6'000));
  EXPECT_EQ(keeper_.written_at(JournalOffset(2)), std::nullopt);
}

TEST_F(WriteTimesTest, ARecordWithoutATimestampHasNoWriteTime) {
  keeper_.publish(true);
  fold(0, UnixMillis(-1));
  fold(3, UnixMillis(7'000));
  EXPECT_EQ(keeper_.written_at(JournalOffset(0)), std::nullopt);
  EXPECT_EQ(keeper_.written_at(JournalOffset(2)), std::nullopt) << "a record that was skipped";
  EXPECT_EQ(keeper_.written_at(JournalOffset(3)), UnixMillis(7'000));
}

TEST_F(WriteTimesTest, TheOldestAreForgotten) {
  keeper_.publish(true);
  auto const all = static_cast<int64_t>(kWriteTimesKept) + 1;
  for (int64_t offset = 0; offset < all; ++offset) fold(offset, UnixMillis(1'000 + offset));
  EXPECT_EQ(keeper_.written_at(JournalOffset(0)), std::nullopt);
  EXPECT_EQ(keeper_.written_at(JournalOffset(1)), UnixMillis(1'001));
  EXPECT_EQ(keeper_.written_at(JournalOffset(all - 1)), UnixMillis(1'000 + all - 1));
}

}  // namespace
}  // namespace bellwether::runtime
