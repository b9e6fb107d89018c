// Run under the thread sanitizer by tests/run sanitize.
#include <gtest/gtest.h>

#include <thread>

#include "runtime/book_keeper.h"
#include "runtime/queue.h"

namespace bellwether::runtime {
namespace {

constexpr base::Calendar kMonths(base::CalendarUnit::kMonth);

TEST(BoundedQueueTest, RefusesWhatDoesNotFitAndKeepsTheOrder) {
  BoundedQueue<std::unique_ptr<int>> queue(2);
  EXPECT_TRUE(queue.try_push(std::make_unique<int>(1)));
  EXPECT_TRUE(queue.try_push(std::make_unique<int>(2)));
  auto third = std::make_unique<int>(3);
  EXPECT_FALSE(queue.try_push(std::move(third)));
  ASSERT_NE(third, nullptr) << "moved from only on success";
  EXPECT_EQ(**queue.pop(absl::ZeroDuration()), 1);
  EXPECT_TRUE(queue.try_push(std::move(third)));
  EXPECT_EQ(**queue.pop(absl::ZeroDuration()), 2);
  EXPECT_EQ(**queue.pop(absl::ZeroDuration()), 3);
  EXPECT_FALSE(queue.pop(absl::Milliseconds(1)));
  queue.close();
  EXPECT_FALSE(queue.try_push(std::make_unique<int>(4)));
}

TEST(BoundedQueueTest, NothingIsLostBetweenThreads) {
  BoundedQueue<int> queue(8);
  constexpr int kItems = 20'000;
  std::thread producer([&] {
    for (int i = 0; i < kItems;) {
      int item = i;
      if (queue.try_push(std::move(item))) ++i; else std::this_thread::yield();
    }
    queue.close();
  });
  int expected = 0;
  while (auto item = queue.pop(absl::Seconds(5))) EXPECT_EQ(*item, expected++);
  producer.join();
  EXPECT_EQ(expected, kItems);
}

TEST(BoundedQueueTest, ClosingWakesWhoWaits) {
  BoundedQueue<int> queue(1);
  std::thread waiter([&] { EXPECT_FALSE(queue.pop(absl::Seconds(60))); });
  queue.close();
  waiter.join();
}

TEST(BookKeeperTest, AWriterLearnsWhatBecameOfItsRecord) {
  BookKeeper keeper(kMonths);
  std::thread journal([&] {
    for (int64_t offset = 0; offset < 200; ++offset) {
      if (offset % 2 == 0) {
        keeper.fold(base::JournalOffset(offset), alerts::SilenceCreated{"R1", "", "", base::UnixMillis(1), "a", "", base::UnixMillis(0)});
      } else {
        keeper.fold(base::JournalOffset(offset), alerts::AlertAcknowledged{"none", "a", "", base::UnixMillis(0)});
      }
      keeper.publish(offset == 199);
    }
  });
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w) {
    writers.emplace_back([&, w] {
      for (int64_t offset = w; offset < 200; offset += 4) {
        auto const outcome = keeper.wait_for(base::JournalOffset(offset), absl::Now() + absl::Seconds(30));
        ASSERT_TRUE(outcome);
        EXPECT_EQ(*outcome, offset % 2 == 0 ? alerts::FoldOutcome::kApplied : alerts::FoldOutcome::kUnknownTarget);
        EXPECT_GE(keeper.view()->offset().value, offset) << "read your writes";
      }
    });
  }
  for (std::thread& t : writers) t.join();
  journal.join();
  EXPECT_TRUE(keeper.caught_up());
  EXPECT_EQ(keeper.view()->silences().size(), 100u);
}

TEST(BookKeeperTest, WaitingEndsAtTheDeadlineAndWhenStopped) {
  BookKeeper keeper(kMonths);
  EXPECT_FALSE(keeper.wait_for(base::JournalOffset(5), absl::Now() + absl::Milliseconds(20)));
  std::thread waiter([&] { EXPECT_FALSE(keeper.wait_for(base::JournalOffset(5), absl::Now() + absl::Seconds(60))); });
  keeper.stop();
  waiter.join();
}

}  // namespace
}  // namespace bellwether::runtime
