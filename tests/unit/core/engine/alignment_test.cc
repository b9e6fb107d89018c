#include "core/engine/alignment.h"

#include <gtest/gtest.h>

#include <vector>

namespace bellwether::engine {
namespace {

using base::PeriodIndex;

Front holds(int32_t tick) {
  return {PeriodIndex(tick), PeriodIndex(tick)};
}
Front open(int32_t tick) {
  return {std::nullopt, PeriodIndex(tick)};
}
std::optional<PeriodIndex> aligned(std::vector<Front> partitions) {
  return aligned_tick(partitions);
}

TEST(AlignmentTest, TheOldestTickIsTakenOnceAllHaveClosedIt) {
  EXPECT_EQ(aligned({holds(7), holds(7)}), PeriodIndex(7));
  EXPECT_EQ(aligned({holds(7), open(7)}), std::nullopt)
      << "the second partition may still close it";
  EXPECT_EQ(aligned({holds(9), holds(7)}), PeriodIndex(7));
  EXPECT_EQ(aligned({open(7), open(7)}), std::nullopt);
}

TEST(AlignmentTest, APartitionThatBeginsLaterDoesNotDelayTheTick) {
  EXPECT_EQ(aligned({holds(7), open(8)}), PeriodIndex(7));
}

TEST(AlignmentTest, APartitionThatHasNotBegunDelaysTheTick) {
  EXPECT_EQ(aligned({holds(7), {}}), std::nullopt);
}

}  // namespace
}  // namespace bellwether::engine
