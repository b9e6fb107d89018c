// tests/run sanitize runs these tests under the thread sanitizer.
#include <gtest/gtest.h>

#include <thread>

#include "runtime/evaluation/views.h"
#include "runtime/journal/book_keeper.h"
#include "support/calendars.h"
#include "support/world.h"

namespace bellwether::runtime {
namespace {

using testing::kMonths;

TEST(BookKeeperTest, AWriterGetsTheOutcomeOfItsRecord) {
  BookKeeper keeper(kMonths);
  std::thread journal([&] {
    for (int64_t offset = 0; offset < 200; ++offset) {
      if (offset % 2 == 0) {
        keeper.fold(base::JournalOffset(offset),
                    alerts::SilenceCreated{"R1", "", "", base::UnixMillis(1), "a", "",
                                           base::UnixMillis(0)});
      } else {
        keeper.fold(base::JournalOffset(offset),
                    alerts::AlertAcknowledged{"none", "a", "", base::UnixMillis(0)});
      }
      keeper.publish(offset == 199);
    }
  });
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w) {
    writers.emplace_back([&, w] {
      for (int64_t offset = w; offset < 200; offset += 4) {
        auto const outcome =
            keeper.wait_for(base::JournalOffset(offset), absl::Now() + absl::Seconds(30));
        ASSERT_TRUE(outcome);
        EXPECT_EQ(*outcome, offset % 2 == 0 ? alerts::FoldOutcome::kApplied
                                            : alerts::FoldOutcome::kUnknownTarget);
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
  std::thread waiter([&] {
    EXPECT_FALSE(keeper.wait_for(base::JournalOffset(5), absl::Now() + absl::Seconds(60)));
  });
  keeper.stop();
  waiter.join();
}

TEST(ViewsTest, ReadersSeeThePanelAndTheNewestBookAndNeverGoBack) {
  BookKeeper keeper(kMonths);
  std::shared_ptr<const reference::Reference> const world(&testing::world(), [](const auto*) {});
  Views views(world, kMonths, keeper);
  constexpr int kSteps = 500;
  std::thread evaluation([&] {
    indicators::Panel panel(*world, kMonths, base::PeriodIndex(0));
    for (int i = 1; i <= kSteps; ++i)
      views.set_panel(
          {base::PeriodIndex(i), panel.publish(), std::make_shared<engine::SharesByMeasure>()});
  });
  std::thread housekeeping([&] {
    for (int i = 1; i <= kSteps; ++i) views.set_warnings({std::to_string(i)});
  });
  std::thread journal([&] {
    for (int64_t offset = 0; offset < kSteps; ++offset) {
      keeper.skip(base::JournalOffset(offset));
      keeper.publish(false);
    }
  });
  std::vector<std::thread> readers;
  for (int r = 0; r < 3; ++r) {
    readers.emplace_back([&] {
      auto last = views.get();
      while (last->data_through != base::PeriodIndex(kSteps) ||
             last->book->offset().value < kSteps - 1 ||
             last->coverage_warnings != std::vector{std::to_string(kSteps)}) {
        auto next = views.get();
        ASSERT_NE(next->panel, nullptr);
        EXPECT_GE(next->book->offset(), last->book->offset());
        EXPECT_GE(next->data_through, last->data_through);
        last = std::move(next);
      }
    });
  }
  evaluation.join();
  housekeeping.join();
  journal.join();
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace bellwether::runtime
