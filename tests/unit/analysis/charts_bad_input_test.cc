// The charts that only analysts use, on input that no model was made for (support/odd_series.h).
#include <gtest/gtest.h>

#include <cmath>

#include "analysis/ears.h"
#include "analysis/poisson_cusum.h"
#include "support/odd_series.h"
#include "support/sound_ears.h"

namespace bellwether::analysis {
namespace {

using base::PeriodIndex;
using detection::CountSeries;
using testing::for_each_odd;
using testing::kOddNumbers;
using testing::last_of;
using testing::unsound;

TEST(ChartsBadInputTest, EarsIsSound) {
  for_each_odd([](const CountSeries& series) {
    for (EarsMethod method : {EarsMethod::kC1, EarsMethod::kC2, EarsMethod::kC3}) {
      for (int32_t t = series.first.value - 1; t <= last_of(series) + 1; ++t) {
        ASSERT_EQ(unsound(assess_ears(series, PeriodIndex(t), {.method = method})), "")
            << "period " << t;
      }
    }
  });
}

TEST(ChartsBadInputTest, ACusumOfCountsIgnoresValuesThatAreNotCounts) {
  for (double observed : kOddNumbers) {
    for (double expected : kOddNumbers) {
      SCOPED_TRACE(::testing::Message() << observed << " of " << expected);
      bool const usable =
          std::isfinite(observed) && observed >= 0 && std::isfinite(expected) && expected > 0;
      auto const check = [&](auto c) {
        c.add(PeriodIndex(0), 20, 5);
        double const before = c.value();
        ASSERT_GT(before, 0);
        for (int t = 1; t < 4; ++t) c.add(PeriodIndex(t), observed, expected);
        EXPECT_TRUE(std::isfinite(c.value()) && c.value() >= 0);
        if (!usable) {
          EXPECT_EQ(c.value(), before);
        }
      };
      check(PoissonCusum(1.5));
    }
  }
}

TEST(ChartsBadInputTest, EveryRateHasAThreshold) {
  for (double rate : {1e-10, 0.1, 999.0, 1e9, 1e12}) {
    for (double ratio : {1.01, 0.01}) {
      for (double in_control : {2.0, 1e6}) {
        double const h = poisson_cusum_threshold(rate, ratio, in_control);
        EXPECT_TRUE(std::isfinite(h) && h > 0) << rate << " " << ratio << " " << in_control;
      }
    }
  }
}

}  // namespace
}  // namespace bellwether::analysis
