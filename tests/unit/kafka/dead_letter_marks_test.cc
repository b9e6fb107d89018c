#include "kafka/dead_letter_marks.h"

#include <gtest/gtest.h>

#include "unit/kafka/mock_broker.h"

namespace bellwether::kafka {
namespace {

TEST(PatienceTest, LastsAsLongAsSomethingAdvances) {
  absl::Time const begin = absl::UnixEpoch();
  Patience patience(absl::Seconds(30), begin);
  for (int s = 0; s <= 3600; s += 20) {
    EXPECT_FALSE(patience.over(begin + absl::Seconds(s))) << s;
    patience.advanced(begin + absl::Seconds(s));
  }
  EXPECT_FALSE(patience.over(begin + absl::Seconds(3630)));
  EXPECT_TRUE(patience.over(begin + absl::Seconds(3631)));
}

TEST(DeadLetterMarksTest, ReadingEndsWhenTheProcessStops) {
  testing::MockBroker broker;
  broker.make("dead-letters");
  broker.go_down();
  int asked = 0;
  auto const marks = read_dead_letter_marks(
      broker.client(), "dead-letters", 1, absl::InfiniteDuration(), [&] { return ++asked > 3; },
      testing::no_log());
  EXPECT_TRUE(absl::IsCancelled(marks.status())) << marks.status();
}

TEST(DeadLetterMarksTest, ReadingEndsWhenTheBrokerIsSilentForTooLong) {
  testing::MockBroker broker;
  broker.make("dead-letters");
  broker.go_down();
  auto const marks = read_dead_letter_marks(broker.client(), "dead-letters", 1, absl::ZeroDuration(),
                                            [] { return false; }, testing::no_log());
  EXPECT_FALSE(marks.ok());
}

TEST(DeadLetterMarksTest, EveryPartitionIsReadToItsEnd) {
  testing::MockBroker broker;
  broker.make("dead-letters", 4);
  auto const marks = read_dead_letter_marks(broker.client(), "dead-letters", 4, absl::Seconds(30),
                                            [] { return false; }, testing::no_log());
  ASSERT_TRUE(marks.ok()) << marks.status();
  EXPECT_TRUE(marks->empty());
}

}  // namespace
}  // namespace bellwether::kafka
