#include "adapters/kafka/dead_letter_marks.h"

#include <gtest/gtest.h>

#include "unit/adapters/kafka/mock_broker.h"

namespace bellwether::kafka {
namespace {

absl::StatusOr<DeadLetterMarks> read(const testing::MockBroker& broker, int partitions,
                                     absl::Duration stall_max,
                                     const std::function<bool()>& stopping) {
  auto const reader =
      DeadLetterReader::start(broker.client(), "dead-letters", partitions, testing::no_log());
  if (!reader.ok()) return reader.status();
  return read_dead_letter_marks(**reader, stall_max, stopping, testing::no_log());
}

TEST(StallTimerTest, IsNotOverWhileSomethingAdvances) {
  absl::Time const begin = absl::UnixEpoch();
  StallTimer stall(absl::Seconds(30), begin);
  for (int s = 0; s <= 3600; s += 20) {
    EXPECT_FALSE(stall.over(begin + absl::Seconds(s))) << s;
    stall.advanced(begin + absl::Seconds(s));
  }
  EXPECT_FALSE(stall.over(begin + absl::Seconds(3630)));
  EXPECT_TRUE(stall.over(begin + absl::Seconds(3631)));
}

TEST(DeadLetterMarksTest, ReadingEndsWhenTheProcessStops) {
  testing::MockBroker broker;
  broker.make("dead-letters");
  broker.go_down();
  int asked = 0;
  auto const marks = read(broker, 1, absl::InfiniteDuration(), [&] { return ++asked > 3; });
  EXPECT_TRUE(absl::IsCancelled(marks.status())) << marks.status();
}

TEST(DeadLetterMarksTest, ReadingEndsWhenTheBrokerIsSilentForTooLong) {
  testing::MockBroker broker;
  broker.make("dead-letters");
  broker.go_down();
  auto const marks = read(broker, 1, absl::ZeroDuration(), [] { return false; });
  EXPECT_FALSE(marks.ok());
}

TEST(DeadLetterMarksTest, EveryPartitionIsReadToItsEnd) {
  testing::MockBroker broker;
  broker.make("dead-letters", 4);
  auto const marks = read(broker, 4, absl::Seconds(30), [] { return false; });
  ASSERT_TRUE(marks.ok()) << marks.status();
  EXPECT_TRUE(marks->empty());
}

}  // namespace
}  // namespace bellwether::kafka
