#include "core/detection/cusum.h"

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

TEST(CusumTest, ALongDownturnIsForgottenAsSoonAsAShortOne) {
  Cusum brief({.reference = 0.5, .clip = 3, .threshold_h = 5});
  Cusum lasting({.reference = 0.5, .clip = 3, .threshold_h = 5});
  for (int t = 0; t < 2; ++t) brief.add(PeriodIndex(t), 3);
  for (int t = -100; t < 2; ++t) lasting.add(PeriodIndex(t), 3);
  EXPECT_EQ(brief.value(), 5);
  EXPECT_EQ(lasting.value(), 5);
  EXPECT_EQ(lasting.onset(), PeriodIndex(-100));
  for (int t = 2; t < 7; ++t) lasting.add(PeriodIndex(t), 0);
  EXPECT_DOUBLE_EQ(lasting.value(), 2.5);
}

}  // namespace
}  // namespace bellwether::detection
