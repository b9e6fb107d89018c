#include "runtime/replica/snapshotter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "absl/time/time.h"
#include "support/eventually.h"
#include "support/fold.h"
#include "support/memory_disk.h"
#include "support/must.h"

namespace bellwether::runtime {
namespace {

using ::testing::HasSubstr;

constexpr std::chrono::milliseconds kLook(1);
constexpr size_t kFoldedOn = 500;

class SnapshotterTest : public ::testing::Test {
 protected:
  SnapshotterTest() {
    testing::Random random(5);
    for (size_t p = 0; p < testing::kPartitions; ++p) logs_.push_back(testing::log_of(random, 150));
    fold_.emplace(logs_);
    EXPECT_TRUE(store_.open().ok());
  }
  void start(absl::Duration every = absl::ZeroDuration(),
             std::optional<Snapshotter::Newest> restored = std::nullopt) {
    snapshotter_ = std::make_unique<Snapshotter>(
        store_, testing::Fold::identity(), every,
        LaneImages{[this](absl::Time) { return std::exchange(lanes_, std::nullopt); },
                   [this] {
                     std::lock_guard lock(mutex_);
                     fold_->thaw();
                   }},
        [] { return std::vector<std::string>{"the first ten records"}; }, restored,
        [this](base::LogLevel, std::string_view, std::string_view text) {
          std::lock_guard lock(log_mutex_);
          log_ += std::string(text) + "\n";
        });
  }
  bool step() {
    std::lock_guard lock(mutex_);
    bool more = false;
    for (size_t p = 0; p < testing::kPartitions; ++p) more = fold_->step(p) || more;
    return more;
  }
  void fold_on() {
    for (size_t i = 0; i < kFoldedOn; ++i) step();
  }
  // Does the work of the evaluation's thread between two ticks. Returns the digests of the state.
  std::vector<uint64_t> take() {
    std::vector<uint64_t> digests;
    std::optional<snapshot::Image> image;
    {
      std::lock_guard lock(mutex_);
      fold_->settle();
      image = fold_->image();
      if (!image) return {};
      digests = fold_->digests();
    }
    lanes_ = std::move(image->partitions);
    snapshotter_->take(
        image->evaluation, image->manifest.cut,
        {image->book, std::make_shared<PastBooks>(), {image->manifest.journal_mark, 18}});
    return digests;
  }
  void wait_until_written() {
    ASSERT_TRUE(testing::eventually([&] { return snapshotter_->due(); }, 60, kLook));
  }

  std::vector<std::vector<testing::Told>> logs_;
  std::mutex mutex_;  // while it is held, every partition is between two records
  std::optional<testing::Fold> fold_;
  std::optional<std::vector<snapshot::PartitionImage>> lanes_;
  testing::MemoryDisk disk_;
  snapshot::Store store_{disk_, "/s"};
  std::mutex log_mutex_;
  std::string log_;
  std::unique_ptr<Snapshotter> snapshotter_;  // stops before the others are destroyed
};

TEST_F(SnapshotterTest, ASnapshotHoldsTheStateWhenItWasTaken) {
  constexpr int kSnapshots = 5;
  start();
  fold_on();  // past the first tick
  auto const longest = std::ranges::max(logs_, {}, &std::vector<testing::Told>::size).size();
  ASSERT_GT(longest, kFoldedOn);
  size_t const quota = (longest - kFoldedOn) / (kSnapshots + 1) + 1;
  std::atomic<int> compared{0};
  std::atomic<bool> ended{false};
  // Whatever the speed of the stream, it waits for a snapshot after each `quota` of its records.
  std::jthread stream([&] {
    size_t steps = 0;
    auto const may_go_on = [&] { return steps / quota <= static_cast<size_t>(compared.load()); };
    while (step()) {
      ++steps;
      if (!testing::eventually(may_go_on, 60, kLook)) break;
      std::this_thread::yield();
    }
    ended.store(true);
  });
  for (bool last = false; !last;) {
    last = ended.load();
    std::vector<uint64_t> const digests = take();
    wait_until_written();
    ASSERT_FALSE(digests.empty());
    ASSERT_FALSE(HasFatalFailure());
    auto restored = testing::newest(store_);
    ASSERT_TRUE(restored);
    testing::Fold again(logs_, *std::move(restored));
    ASSERT_EQ(again.digests(), digests) << "snapshot " << compared;
    ++compared;
  }
  stream.join();
  EXPECT_GE(compared, kSnapshots);
  EXPECT_GT(snapshotter_->report().taken, 0);
  EXPECT_EQ(snapshotter_->report().failed, 0) << log_;
}

TEST_F(SnapshotterTest, NothingIsWrittenAgainWithoutNewRecords) {
  start();
  fold_on();
  take();
  wait_until_written();
  int64_t const bytes = static_cast<int64_t>(snapshotter_->report().bytes);
  EXPECT_GT(bytes, 0);
  take();
  wait_until_written();
  EXPECT_EQ(snapshotter_->report().taken, 1);
  fold_on();
  take();
  wait_until_written();
  EXPECT_EQ(snapshotter_->report().taken, 2);
}

// With 0 bytes until the next one is written, nobody could tell whether it fits the disk.
TEST_F(SnapshotterTest, TheSnapshotOfTheStartIsTheNewestUntilAnotherIsWritten) {
  start();
  fold_on();
  take();
  wait_until_written();
  SnapshotReport const before = snapshotter_->report();
  snapshotter_.reset();
  auto const restored = testing::newest(store_);
  ASSERT_TRUE(restored);
  start(absl::ZeroDuration(),
        {{restored->manifest.taken_at, snapshot::bytes_of_files(restored->manifest)}});
  SnapshotReport const after = snapshotter_->report();
  EXPECT_EQ(after.taken_at, before.taken_at);
  // The manifest itself does not count.
  auto const path = store_.path(testing::must(store_.names()).back()) + "/manifest";
  EXPECT_EQ(after.bytes + disk_.bytes(path)->size(), before.bytes);
}

TEST_F(SnapshotterTest, TheManifestHoldsWhatTheFiguresLack) {
  start();
  fold_on();
  take();
  wait_until_written();
  auto const restored = testing::newest(store_);
  ASSERT_TRUE(restored);
  EXPECT_EQ(restored->manifest.lacking, std::vector<std::string>{"the first ten records"});
}

TEST_F(SnapshotterTest, AFullDiskIsLoggedOnceAndRetried) {
  start();
  fold_on();
  disk_.fail_from(disk_.operations(), testing::MemoryDisk::Fault::kFull);
  for (int i = 0; i < 2; ++i) {
    take();
    wait_until_written();
    fold_on();
  }
  EXPECT_EQ(snapshotter_->report().failed, 2);
  EXPECT_FALSE(snapshotter_->report().error.empty());
  disk_.heal();
  take();
  wait_until_written();
  EXPECT_EQ(snapshotter_->report().taken, 1);
  EXPECT_EQ(snapshotter_->report().error, "");
  size_t const first = log_.find("not taken");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(log_.find("not taken", first + 1), std::string::npos) << log_;
  EXPECT_THAT(log_, HasSubstr("taken again"));
}

// A snapshot that failed is written again, although nothing was read since.
TEST_F(SnapshotterTest, AFailedSnapshotIsRetriedOnAQuietStream) {
  start();
  fold_on();
  disk_.fail_from(disk_.operations(), testing::MemoryDisk::Fault::kFull);
  take();
  wait_until_written();
  EXPECT_EQ(snapshotter_->report().failed, 1);
  disk_.heal();
  take();
  wait_until_written();
  EXPECT_EQ(snapshotter_->report().taken, 1);
  EXPECT_TRUE(testing::newest(store_));
}

TEST_F(SnapshotterTest, LanesThatDoNotAnswerAreAskedAgain) {
  start(absl::Milliseconds(20));
  fold_on();
  wait_until_written();
  fold_->settle();
  std::optional<snapshot::Image> const image = fold_->image();
  ASSERT_TRUE(image);
  snapshotter_->take(image->evaluation, {},
                     {image->book, std::make_shared<PastBooks>(), {}});  // lanes_ is empty
  EXPECT_EQ(snapshotter_->report().failed, 1);
  EXPECT_THAT(snapshotter_->report().error, HasSubstr("a partition waits"));
  wait_until_written();
  take();
  EXPECT_TRUE(testing::eventually([&] { return snapshotter_->report().taken > 0; }, 60, kLook));
}

TEST_F(SnapshotterTest, StopWaitsForTheSnapshotBeingWritten) {
  start();
  fold_on();
  ASSERT_FALSE(take().empty());
  snapshotter_->stop();
  EXPECT_EQ(snapshotter_->report().taken, 1);
  EXPECT_TRUE(testing::newest(store_));
}

}  // namespace
}  // namespace bellwether::runtime
