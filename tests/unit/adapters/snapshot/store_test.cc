#include "adapters/snapshot/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/text.h"
#include "support/fold.h"
#include "support/memory_disk.h"
#include "support/must.h"

namespace bellwether::snapshot {
namespace {

using testing::Fold;
using ::testing::HasSubstr;
using testing::kPartitions;
using testing::log_of;
using testing::MemoryDisk;
using testing::newest;
using testing::Random;
using testing::Told;

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() {
    Random random(3);
    for (size_t p = 0; p < kPartitions; ++p) logs_.push_back(log_of(random, 60));
    fold_.emplace(logs_);
    for (int i = 0; i < 600; ++i) fold_->step(static_cast<size_t>(i) % kPartitions);
    fold_->settle();
    EXPECT_TRUE(store_.open().ok());
  }
  void expect_refused(const std::string& reason, const Identity& identity = Fold::identity()) {
    std::vector<std::string> refusals;
    EXPECT_FALSE(newest(store_, &refusals, identity));
    ASSERT_EQ(refusals.size(), 1u);
    EXPECT_THAT(refusals[0], HasSubstr(reason));
  }
  Image image() { return fold_->image().value(); }
  std::string only_name() { return testing::must(store_.names()).back(); }

  std::vector<std::vector<Told>> logs_;
  std::optional<Fold> fold_;
  MemoryDisk disk_;
  Store store_{disk_, "/snapshots"};
};

// A fold can be saved at any moment and resumed, with the same result.
TEST(SnapshotPropertyTest, ARestoredFoldContinuesLikeTheOriginal) {
  for (uint64_t seed = 1; seed <= 25; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::vector<std::vector<Told>> logs;
    for (size_t p = 0; p < kPartitions; ++p) logs.push_back(log_of(random, 80));
    MemoryDisk disk;
    Store store(disk, "/s");
    ASSERT_TRUE(store.open().ok());
    Fold straight(logs);
    straight.run();
    std::optional<Fold> fold(logs);
    int restarts = 0;
    for (bool more = true; more;) {
      more = false;
      for (size_t p = 0; p < kPartitions; ++p) {
        for (int n = random.between(0, 40); n >= 0; --n) more = fold->step(p) || more;
      }
      if (!random.chance(0.2)) continue;
      auto const image = fold->image();
      if (!image) continue;
      ASSERT_TRUE(store.save(*image).ok());
      if (random.chance(0.3)) fold->step(0);  // not in the snapshot
      auto restored = newest(store);
      ASSERT_TRUE(restored);
      EXPECT_EQ(restored->manifest.identity, image->manifest.identity);
      EXPECT_EQ(restored->manifest.cut, image->manifest.cut);
      EXPECT_EQ(restored->manifest.journal, image->manifest.journal);
      EXPECT_EQ(restored->manifest.journal_mark, image->manifest.journal_mark);
      EXPECT_EQ(restored->manifest.journal_next, image->manifest.journal_next);
      EXPECT_EQ(restored->manifest.lacking, image->manifest.lacking);
      ASSERT_TRUE(restored->book);
      EXPECT_EQ(restored->book->digest(), image->book->digest());
      EXPECT_EQ(restored->partitions[1].marks, image->partitions[1].marks);
      fold.emplace(logs, *std::move(restored));
      ++restarts;
    }
    fold->settle();
    EXPECT_GT(restarts, 0);
    ASSERT_EQ(fold->digests(), straight.digests());
  }
}

// Deltas come from hash maps, whose orders differ.
TEST_F(StoreTest, TheSameStateGivesTheSameBytes) {
  std::optional<Fold> other(logs_);
  for (int i = 0; i < 600; ++i) other->step(static_cast<size_t>(i) % kPartitions);
  other->settle();
  ASSERT_TRUE(store_.save(image()).ok());
  std::string const first = store_.path(only_name());
  ASSERT_TRUE(store_.save(other->image().value()).ok());
  for (std::string_view file : {"manifest", "evaluation", "partition-0", "partition-1"}) {
    EXPECT_EQ(*disk_.bytes(base::cat(first, "/", file)),
              *disk_.bytes(base::cat(store_.path(only_name()), "/", file)))
        << file;
  }
  // The restored state gives the same bytes again.
  auto restored = newest(store_);
  ASSERT_TRUE(restored);
  Fold again(logs_, *std::move(restored));
  ASSERT_TRUE(store_.save(*again.image()).ok());
  EXPECT_EQ(
      *disk_.bytes(base::cat(store_.path(testing::must(store_.names()).front()), "/partition-0")),
      *disk_.bytes(base::cat(store_.path(only_name()), "/partition-0")));
}

TEST_F(StoreTest, TheLastTwoAreKeptAndOtherFilesAreLeftAlone) {
  ASSERT_TRUE(disk_.make_folder("/snapshots/notes").ok());
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(store_.save(image()).ok());
  auto const names = testing::must(store_.names());
  ASSERT_EQ(names.size(), static_cast<size_t>(kSnapshotsKept));
  EXPECT_THAT(names.back(), HasSubstr("4"));
  EXPECT_EQ(testing::must(disk_.list("/snapshots")).size(), kSnapshotsKept + 1u);
  Store again(disk_, "/snapshots");
  ASSERT_TRUE(again.open().ok());
  ASSERT_TRUE(again.save(image()).ok());
  EXPECT_THAT(testing::must(again.names()).back(), HasSubstr("5"));
}

TEST_F(StoreTest, F7_AnotherIdentityIsRefusedWithTheDifference) {
  ASSERT_TRUE(store_.save(image()).ok());
  auto const other = [](auto change) {
    Identity identity = Fold::identity();
    change(identity);
    return identity;
  };
  expect_refused("Kafka cluster", other([](Identity& i) { i.cluster = "another"; }));
  expect_refused("calendar month; here it is week",
                 other([](Identity& i) { i.calendar = "week"; }));
  expect_refused("topics registrations; here it is registrations, support",
                 other([](Identity& i) { i.topics.emplace_back("support"); }));
  expect_refused("number of partitions 2; here it is 3",
                 other([](Identity& i) { i.partitions = 3; }));
  expect_refused("time.history", other([](Identity& i) { i.history_periods = 7; }));
  expect_refused(base::cat("version of the figures ", engine::kFiguresVersion,
                           "; here it is 99: this build counts facts differently"),
                 other([](Identity& i) { i.figures = 99; }));
  expect_refused("postcodes and activity codes", other([](Identity& i) { i.codes = "0"; }));
  expect_refused(
      "working hours or teams of the desks fedcba9876543210; here it is 0000000000000007: `desk` "
      "of the "
      "configuration, its holidays or the time zone database differ",
      other([](Identity& i) { i.working_hours = 7; }));
  expect_refused("reference files differ", other([](Identity& i) { i.reference = "0"; }));
}

TEST_F(StoreTest, ADamagedSnapshotIsRefusedAndTheEarlierOneIsRestored) {
  ASSERT_TRUE(store_.save(image()).ok());
  ASSERT_TRUE(store_.save(image()).ok());
  for (std::string_view file : {"manifest", "evaluation", "partition-0", "partition-1", "book"}) {
    std::string* const bytes = disk_.bytes(base::cat("/snapshots/", only_name(), "/", file));
    ASSERT_NE(bytes, nullptr) << file;
    std::string const whole = *bytes;
    (*bytes)[whole.size() / 2] ^= 1;
    std::vector<std::string> refusals;
    EXPECT_TRUE(newest(store_, &refusals)) << file;
    ASSERT_EQ(refusals.size(), 1u) << file;
    EXPECT_THAT(refusals[0], HasSubstr(std::string(file)));
    bytes->resize(whole.size() / 2);
    refusals.clear();
    EXPECT_TRUE(newest(store_, &refusals)) << file;
    EXPECT_EQ(refusals.size(), 1u) << file;
    *bytes = whole;
  }
  EXPECT_TRUE(newest(store_));
}

// A file of another snapshot has a correct checksum and the wrong content.
TEST_F(StoreTest, FilesOfTwoSnapshotsAreNotMixed) {
  ASSERT_TRUE(store_.save(image()).ok());
  std::string const first = only_name();
  for (int i = 0; i < 200; ++i) fold_->step(static_cast<size_t>(i) % kPartitions);
  ASSERT_TRUE(store_.save(image()).ok());
  *disk_.bytes(base::cat("/snapshots/", only_name(), "/partition-0")) =
      *disk_.bytes(base::cat("/snapshots/", first, "/partition-0"));
  std::vector<std::string> refusals;
  EXPECT_TRUE(newest(store_, &refusals));
  ASSERT_EQ(refusals.size(), 1u);
  EXPECT_THAT(refusals[0], HasSubstr("manifest says"));
}

TEST_F(StoreTest, ABookOfAnotherJournalOffsetIsRefused) {
  Image other = image();
  auto book = std::make_shared<alerts::Book>(*other.book);
  book->skip(base::JournalOffset(18));
  other.book = book;
  ASSERT_TRUE(store_.save(other).ok());
  expect_refused("another journal offset");
}

TEST_F(StoreTest, ASnapshotWithoutABookIsRestored) {
  Image none = image();
  none.book = nullptr;
  ASSERT_TRUE(store_.save(none).ok());
  auto const restored = newest(store_);
  ASSERT_TRUE(restored);
  EXPECT_FALSE(restored->book);
}

// If the disk fills up, fails or writes half at any moment, only the new snapshot is lost.
TEST_F(StoreTest, ADiskFailureAtAnyMomentLeavesTheEarlierSnapshot) {
  ASSERT_TRUE(store_.save(image()).ok());
  int64_t const begin = disk_.operations();
  ASSERT_TRUE(store_.save(image()).ok());
  int64_t const operations = disk_.operations() - begin;
  ASSERT_GT(operations, 15);
  for (auto fault :
       {MemoryDisk::Fault::kFull, MemoryDisk::Fault::kShortWrite, MemoryDisk::Fault::kError}) {
    for (int64_t at = 0; at < operations; ++at) {
      disk_.fail_from(disk_.operations() + at, fault);
      auto const saved = store_.save(image());
      bool const whole = saved.ok();
      disk_.heal();
      std::vector<std::string> refusals;
      EXPECT_TRUE(newest(store_, &refusals)) << at;
      EXPECT_TRUE(refusals.empty()) << refusals[0];
      // Only the removal of old snapshots may fail without an error.
      if (whole) {
        EXPECT_GE(at, operations - 2);
      }
      Store again(disk_, "/snapshots");
      ASSERT_TRUE(again.open().ok());
      for (const std::string& name : testing::must(disk_.list("/snapshots"))) {
        EXPECT_FALSE(name.starts_with(".writing")) << "left behind";
      }
    }
  }
}

// If the power fails at any moment of a save, the new snapshot or the one before it is found,
// complete.
TEST_F(StoreTest, ALossOfPowerAtAnyMomentLeavesACompleteSnapshot) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    Random random(seed);
    int64_t operations = 0;
    for (int64_t at = 0; at == 0 || at < operations; ++at) {
      MemoryDisk disk;
      Store store(disk, "/s");
      ASSERT_TRUE(store.open().ok());
      ASSERT_TRUE(store.save(image()).ok());
      int64_t const begin = disk.operations();
      disk.fail_from(begin + at, MemoryDisk::Fault::kShortWrite);
      bool const saved = store.save(image()).ok();
      operations = disk.operations() - begin + (saved ? 0 : 100);
      disk.heal();
      disk.lose_power(random);
      Store again(disk, "/s");
      ASSERT_TRUE(again.open().ok());
      std::vector<std::string> refusals;
      auto const restored = newest(again, &refusals);
      ASSERT_TRUE(restored) << "seed " << seed << ", operation " << at;
      EXPECT_TRUE(refusals.empty()) << refusals[0];
      if (saved) break;
    }
  }
}

// Shows that the tests above detect a disk that does not sync.
TEST_F(StoreTest, ADiskThatDoesNotSyncCanLoseWhatWasSaved) {
  int lost = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    MemoryDisk disk;
    disk.lie_about_sync();
    Store store(disk, "/s");
    ASSERT_TRUE(store.open().ok());
    ASSERT_TRUE(store.save(image()).ok());
    disk.lose_power(random);
    Store again(disk, "/s");
    ASSERT_TRUE(again.open().ok());
    lost += newest(again) ? 0 : 1;
  }
  EXPECT_GT(lost, 0);
}

}  // namespace
}  // namespace bellwether::snapshot
