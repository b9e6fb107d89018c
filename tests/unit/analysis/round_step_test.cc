#include "analysis/round_step.h"

#include <gtest/gtest.h>

namespace bellwether::analysis {
namespace {

TEST(RoundStepTest, AStepIsTheNextOneTwoOrFiveTimesAPowerOfTen) {
  EXPECT_EQ(round_step(1), 1);
  EXPECT_EQ(round_step(1.1), 2);
  EXPECT_EQ(round_step(3), 5);
  EXPECT_EQ(round_step(6), 10);
  EXPECT_EQ(round_step(1000), 1000);
  EXPECT_EQ(round_step(500'000'001), 1e9);
  EXPECT_DOUBLE_EQ(round_step(0.021), 0.05);
  EXPECT_DOUBLE_EQ(round_step(0.1 + 0.2 - 0.1), 0.2) << "rounding does not enlarge the step";
}

}  // namespace
}  // namespace bellwether::analysis
