#include "detection/cusum.h"

#include <gtest/gtest.h>

namespace bellwether::detection {
namespace {

using base::PeriodIndex;

TEST(CusumTest, AddsUpWhatExceedsTheReferenceAndForgetsBelowZero) {
  Cusum c({.reference = 0.5, .clip = 3, .threshold_h = 4});
  c.add(PeriodIndex(1), 0.2);
  EXPECT_EQ(c.value(), 0);
  c.add(PeriodIndex(2), 1.5);
  EXPECT_DOUBLE_EQ(c.value(), 1.0);
  EXPECT_EQ(c.onset(), PeriodIndex(2));
  c.add(PeriodIndex(3), 0.7);
  EXPECT_DOUBLE_EQ(c.value(), 1.2);
  c.add(PeriodIndex(4), -5);
  EXPECT_EQ(c.value(), 0);
  c.add(PeriodIndex(5), 9);  // clipped at 3
  EXPECT_DOUBLE_EQ(c.value(), 2.5);
  EXPECT_EQ(c.onset(), PeriodIndex(5));
}

}  // namespace
}  // namespace bellwether::detection
