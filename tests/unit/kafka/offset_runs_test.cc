#include "kafka/offset_runs.h"

#include <gtest/gtest.h>

#include <set>

#include "support/random.h"

namespace bellwether::kafka {
namespace {

TEST(OffsetRunsTest, HoldsWhatWasAddedInAnyOrder) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    testing::Random random(seed);
    OffsetRuns runs;
    std::set<int64_t> expected;
    for (int i = 0; i < 200; ++i) {
      int64_t const offset = random.between(0, 150);
      EXPECT_TRUE(runs.add(offset));
      expected.insert(offset);
    }
    for (int64_t offset = -1; offset <= 151; ++offset) {
      EXPECT_EQ(runs.contains(offset), expected.contains(offset)) << "seed " << seed << ": " << offset;
    }
  }
}

TEST(OffsetRunsTest, NeighboursAreOneRun) {
  OffsetRuns runs;
  for (int64_t offset : {5, 3, 9, 4, 8, 6, 7}) runs.add(offset);
  EXPECT_EQ(runs.runs(), 1u);
}

TEST(OffsetRunsTest, KeepsNoMoreRunsThanItsLimitButLetsThemGrow) {
  OffsetRuns runs(2);
  EXPECT_TRUE(runs.add(10));
  EXPECT_TRUE(runs.add(20));
  EXPECT_FALSE(runs.add(30));
  EXPECT_FALSE(runs.contains(30));
  EXPECT_TRUE(runs.add(21));
  EXPECT_TRUE(runs.add(9));
  EXPECT_EQ(runs.runs(), 2u);
}

TEST(OffsetRunsTest, ForgetsWhatLiesBehind) {
  OffsetRuns runs;
  for (int64_t offset : {1, 2, 5, 6, 9}) runs.add(offset);
  runs.forget_before(6);
  EXPECT_EQ(runs.runs(), 2u);
  EXPECT_FALSE(runs.contains(2));
  EXPECT_TRUE(runs.contains(6));
  EXPECT_TRUE(runs.contains(9));
}

}  // namespace
}  // namespace bellwether::kafka
