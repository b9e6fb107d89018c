#include "runtime/service/stop.h"

#include <gtest/gtest.h>

#include <thread>

#include "absl/time/clock.h"
#include "runtime/service/bell.h"

namespace bellwether::runtime {
namespace {

TEST(StopTest, TheFirstRequestDecidesTheExitCodeAndTheDrain) {
  Stop stop(absl::Seconds(10));
  EXPECT_FALSE(stop.requested());
  EXPECT_EQ(stop.deadline(), absl::InfiniteFuture());
  absl::Time const begin = absl::Now();
  stop.request(Exit::kTopics);
  absl::Time const deadline = stop.deadline();
  EXPECT_GE(deadline, begin + absl::Seconds(10));
  EXPECT_GT(stop.time_left(), absl::ZeroDuration());
  stop.request(Exit::kFailure);
  EXPECT_TRUE(stop.requested());
  EXPECT_EQ(stop.exit(), Exit::kTopics);
  EXPECT_EQ(stop.deadline(), deadline);
}

TEST(StopTest, ADrainThatTookTooLongHasNoTimeLeft) {
  Stop stop(absl::ZeroDuration());
  stop.request(Exit::kOk);
  EXPECT_EQ(stop.time_left(), absl::ZeroDuration());
}

TEST(StopTest, StopWakesASleepingThread) {
  Stop stop(absl::Seconds(10));
  EXPECT_TRUE(stop.pause(std::chrono::milliseconds(1)));
  std::thread other([&] { stop.request(Exit::kOk); });
  EXPECT_FALSE(stop.pause(std::chrono::minutes(10)));
  other.join();
}

TEST(BellTest, ListenersAreCalledUntilTheyUnsubscribe) {
  Bell bell;
  int first = 0;
  int second = 0;
  auto leaves = bell.listen([&] { ++first; });
  auto const stays = bell.listen([&] { ++second; });
  bell.ring();
  leaves.reset();
  bell.ring();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 2);
}

}  // namespace
}  // namespace bellwether::runtime
