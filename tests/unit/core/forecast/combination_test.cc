// What the default method makes of surges, closed months and counts near 0. (Its accuracy on real
// series: m4_weekly_test.cc and tests/simulation/forecast.)
#include "core/forecast/combination.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "core/forecast/forecast.h"
#include "support/random.h"
#include "support/sound_forecast.h"

namespace bellwether::forecast {
namespace {

constexpr int kYearOfMonths = 12;

// Counts about a level, with a twelfth of it as standard deviation.
std::vector<double> counts_about(double level, int n, uint64_t seed) {
  testing::Random random(seed);
  std::vector<double> y;
  for (int t = 0; t < n; ++t) {
    double noise = 0;
    for (int i = 0; i < 12; ++i) noise += random.uniform() - 0.5;
    y.push_back(std::round(level * (1 + noise / 12)));
  }
  return y;
}

Forecast counted(const std::vector<double>& y, int horizon = 12, int period = kYearOfMonths) {
  Options options;
  options.non_negative = true;
  Forecast f = forecast(y, period, horizon, options);
  EXPECT_EQ(f.why, NotAssessed::kNone);
  EXPECT_EQ(testing::unsound(f, horizon, 0), "");
  return f;
}

double largest(const std::vector<double>& values) {
  return *std::ranges::max_element(values);
}
double smallest(const std::vector<double>& values) {
  return *std::ranges::min_element(values);
}

// A register whose office was closed for a month.
TEST(CombinationTest, F1_AClosedMonthIsNeitherForecastNorInTheIntervals) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    for (size_t at : {10u, 45u, 68u}) {
      SCOPED_TRACE(::testing::Message() << "seed " << seed << ", month " << at);
      std::vector<double> y = counts_about(116, 72, seed);
      Forecast const open = counted(y);
      y[at] = 1;
      Forecast const closed = counted(y);
      for (size_t h = 0; h < 12; ++h) {
        EXPECT_NEAR(closed.mean[h], open.mean[h], 6);
        EXPECT_GT(closed.intervals[1].lower[h], 60);
        EXPECT_LT(closed.intervals[1].upper[h], 160);
      }
    }
  }
}

TEST(CombinationTest, F1_AZeroIsTreatedLikeAOne) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    std::vector<double> y = counts_about(116, 72, seed);
    y[45] = 1;
    Forecast const one = counted(y);
    for (double low : {0.0, 1e-9, 0.1, 0.5, 2.0}) {
      SCOPED_TRACE(::testing::Message() << "seed " << seed << ", low " << low);
      y[45] = low;
      Forecast const other = counted(y);
      for (size_t h = 0; h < 12; ++h) {
        EXPECT_NEAR(other.mean[h], one.mean[h], 0.5);
        EXPECT_NEAR(other.intervals[1].lower[h], one.intervals[1].lower[h], 2);
        EXPECT_NEAR(other.intervals[1].upper[h], one.intervals[1].upper[h], 2);
      }
    }
  }
}

// The same for a season that is always low, which is no outlier.
TEST(CombinationTest, F1_ALowSeasonAtZeroIsForecastLikeOneAtOne) {
  auto const with_low = [](double low) {
    std::vector<double> y = counts_about(116, 96, 3);
    for (size_t t = 7; t < y.size(); t += kYearOfMonths) y[t] = low;
    return counted(y);
  };
  Forecast const zero = with_low(0);
  Forecast const one = with_low(1);
  for (size_t h = 0; h < 12; ++h) {
    EXPECT_NEAR(zero.mean[h], one.mean[h], 3) << h;
    EXPECT_NEAR(zero.intervals[1].upper[h], one.intervals[1].upper[h], 12) << h;
  }
  EXPECT_LT(zero.mean[7], 12);
  EXPECT_GT(zero.mean[6], 90);
}

// github.com/robjhyndman/forecast, issue 129: down to 0.1 in four years, and from the beginning.
TEST(CombinationTest, F1_NoBoundIsBeyondWhatTheSeriesEverDid) {
  std::vector<double> y = {2090, 2687, 2874, 2821, 2661, 2526, 2283, 2407, 2858, 2855, 2759, 2678,
                           2283, 2006, 1420, 1865, 1726, 1752, 1656, 1401, 1465, 1243, 1019, 775,
                           653,  360,  349,  352,  337,  253,  210,  152,  178,  113,  114,  86,
                           107,  89,   60,   41,   82,   118,  71,   77,   67,   57,   52,   58,
                           60,   49,   14,   0.1,  0.1,  0.1,  0.1,  0.1,  0.1,  0.1};
  for (size_t t = 0; t < 26; ++t) y.push_back(y[t]);
  ASSERT_EQ(y.size(), 84u);
  Forecast const f = counted(y, 18);
  EXPECT_LT(largest(f.mean), 2874);
  EXPECT_LT(largest(f.intervals[1].upper), 1.5 * 2874);
  EXPECT_GT(largest(f.intervals[1].upper), 360);
}

TEST(CombinationTest, F2_TheLastTwoMonthsStartNoRun) {
  for (int n : {24, 36, 60, 120}) {
    for (uint64_t seed = 0; seed <= 10; ++seed) {
      for (int last : {1, 2, 3}) {
        SCOPED_TRACE(::testing::Message() << n << " months, seed " << seed << ", last " << last);
        std::vector<double> y(static_cast<size_t>(n), 1000);
        if (seed > 0) y = counts_about(1000, n, seed);
        for (int i = 0; i < last; ++i) y.push_back(5050);
        Forecast const f = counted(y);
        EXPECT_LT(largest(f.mean), 1.5 * 5050);
        EXPECT_GT(smallest(f.mean), 800);
        EXPECT_LT(largest(f.intervals[1].upper), 2.5 * 5050);
      }
    }
  }
}

TEST(CombinationTest, F2_AFallInTheLastMonthsStartsNoRun) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    for (double low : {0.0, 1.0, 200.0}) {
      SCOPED_TRACE(::testing::Message() << "seed " << seed << ", low " << low);
      std::vector<double> y = counts_about(1000, 60, seed);
      y.insert(y.end(), 2, low);
      Forecast const f = counted(y);
      EXPECT_GE(smallest(f.mean), 0.5 * low);
      EXPECT_LT(largest(f.mean), 1100);
      EXPECT_LT(largest(f.intervals[1].upper), 2500);
    }
  }
}

// 8 to 12 a month, and 50 in four of the last eight months.
TEST(CombinationTest, F2_SpikesDoNotRunAway) {
  std::vector<double> const y = {12, 10, 11, 12, 11, 10, 10, 11, 10, 10, 10, 10, 10, 11, 8,  10,
                                 9,  11, 10, 12, 11, 11, 10, 10, 10, 11, 8,  9,  11, 8,  10, 12,
                                 10, 11, 10, 8,  10, 12, 11, 9,  8,  50, 11, 11, 11, 50, 50, 50};
  Forecast const f = counted(y);
  EXPECT_LT(largest(f.mean), 1.2 * 50);
  EXPECT_LT(largest(f.intervals[1].upper), 2.2 * 50);
}

// Steady growth is not a run: it goes on, damped.
TEST(CombinationTest, F2_SteadyGrowthIsStillForecast) {
  std::vector<double> y;
  for (int t = 0; t < 96; ++t) y.push_back(100 * std::pow(1.01, t));
  Forecast const f = counted(y);
  EXPECT_GT(f.mean.back(), 1.05 * y.back());
  EXPECT_LT(f.mean.back(), 1.13 * y.back());
}

// Where most values are 0, each event counts.
TEST(CombinationTest, RareEventsAreForecastAtTheirRate) {
  std::vector<double> y(96, 0);
  for (size_t t = 3; t < y.size(); t += 7) y[t] = 1;
  Forecast const f = counted(y);
  for (double m : f.mean) EXPECT_NEAR(m, 1.0 / 7, 0.05);
}

TEST(CombinationTest, ASeasonThatGrowsIsFollowed) {
  std::vector<double> y;
  for (int t = 0; t < 132; ++t) {
    double const swing = t < 60 ? 0.1 : 0.4;
    y.push_back(200 * (1 + swing * std::sin(2 * std::numbers::pi * t / kYearOfMonths)));
  }
  Forecast const f = counted(y);
  double const top = largest(f.mean);      // 280 to come
  double const bottom = smallest(f.mean);  // 120 to come
  EXPECT_GT(top, 230);
  EXPECT_LT(bottom, 170);
}

}  // namespace
}  // namespace bellwether::forecast
