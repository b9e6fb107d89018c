#include "core/forecast/transform.h"

#include <gtest/gtest.h>

#include <cmath>

namespace bellwether::forecast {
namespace {

TEST(TransformTest, WhatIsAppliedIsUndone) {
  std::vector<double> const y = {0, 0.5, 1, 7, 1e9};
  for (Transform const t : {Transform{}, Transform{true, 0.25}}) {
    std::vector<double> x = y;
    t.apply(x);
    t.undo(x);
    for (size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(x[i], y[i], 1e-12 * (1 + y[i]));
  }
}

TEST(TransformTest, ALogarithmIsNeverBelowZeroAndNeverInfinite) {
  std::vector<double> x = {-1e300, -3, 1e300};
  Transform{true, 2}.undo(x);
  EXPECT_EQ(x[0], 0);
  EXPECT_EQ(x[1], 0);
  EXPECT_TRUE(std::isfinite(x[2]));
}

TEST(TransformTest, TheOffsetRaisesTheSmallestValueToAShareOfTheMedian) {
  std::vector<double> const y = {100, 90, 110, 4, 120};
  EXPECT_NEAR(logs_of(y, 4).offset, kOffsetShare * 100 - 4, 1e-12);
  EXPECT_EQ(logs_of(y, kOffsetShare * 100).offset, 0);
  EXPECT_EQ(logs_of(y, 90).offset, 0);
  EXPECT_NEAR(logs_of(y, 0).offset, kOffsetShare * 100, 1e-12);
}

TEST(TransformTest, LogarithmsNeedAMedianAboveZero) {
  EXPECT_TRUE(has_logs(std::vector<double>{0, 1, 2}));
  EXPECT_FALSE(has_logs(std::vector<double>{0, 0, 2}));
  EXPECT_FALSE(has_logs(std::vector<double>{-1, 3, 2}));
}

}  // namespace
}  // namespace bellwether::forecast
