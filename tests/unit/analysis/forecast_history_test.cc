#include "analysis/forecast_history.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace bellwether::analysis {
namespace {

using base::PeriodIndex;

constexpr double kNoValue = -1e9;

std::vector<SeriesPoint> points_of(const std::vector<double>& values) {
  std::vector<SeriesPoint> points;
  for (double v : values) {
    PeriodIndex const period(100 + static_cast<int32_t>(points.size()));
    points.push_back(
        {period, v == kNoValue ? std::nullopt : std::optional(v), v == kNoValue ? "no value" : ""});
  }
  return points;
}

// 40 values; those at the indices `gaps` are missing.
std::vector<double> forty(std::vector<size_t> gaps) {
  std::vector<double> values;
  for (size_t t = 0; t < 40; ++t) values.push_back(10 + static_cast<double>(t));
  for (size_t g : gaps) values[g] = kNoValue;
  return values;
}

TEST(ForecastHistoryTest, WithoutGapsTheHistoryIsTheSeries) {
  ForecastHistory const h = forecast_history(points_of({5, 7, -6}), 12);
  EXPECT_EQ(h.why, "");
  EXPECT_EQ(h.first, PeriodIndex(100));
  EXPECT_EQ(h.values, (std::vector<double>{5, 7, -6}));
  EXPECT_TRUE(h.bridged.empty());
}

TEST(ForecastHistoryTest, TheHistoryBeginsAndEndsWithAValue) {
  ForecastHistory const h = forecast_history(points_of({kNoValue, 5, 7, kNoValue, kNoValue}), 12);
  EXPECT_EQ(h.first, PeriodIndex(101));
  EXPECT_EQ(h.values, (std::vector<double>{5, 7}));
}

TEST(ForecastHistoryTest, AShortGapIsBridgedByALine) {
  std::vector<double> values = forty({20, 21, 22, 30});
  for (size_t t = 23; t < 40; ++t) {
    if (values[t] != kNoValue) values[t] += 8;  // from 29 to 41 in four steps
  }
  ForecastHistory const h = forecast_history(points_of(values), 1);
  ASSERT_EQ(h.values.size(), 40u);
  EXPECT_DOUBLE_EQ(h.values[20], 32);
  EXPECT_DOUBLE_EQ(h.values[21], 35);
  EXPECT_DOUBLE_EQ(h.values[22], 38);
  EXPECT_DOUBLE_EQ(h.values[30], 48);
  EXPECT_EQ(h.bridged, (std::vector<PeriodIndex>{PeriodIndex(120), PeriodIndex(121),
                                                 PeriodIndex(122), PeriodIndex(130)}));
}

TEST(ForecastHistoryTest, ABridgeFollowsTheSeason) {
  std::vector<double> values;
  for (int t = 0; t < 96; ++t)
    values.push_back(100 + 40 * std::sin(2 * std::numbers::pi * (t % 12) / 12));
  double const crest = values[51];
  values[51] = kNoValue;
  EXPECT_NEAR(forecast_history(points_of(values), 12).values[51], crest, 2);
  values[52] = kNoValue;
  EXPECT_NEAR(forecast_history(points_of(values), 12).values[51], crest, 4);
}

TEST(ForecastHistoryTest, TheHistoryBeginsAfterALongGap) {
  static_assert(kBridgeMax == 3);
  EXPECT_EQ(forecast_history(points_of(forty({10, 11, 12})), 1).left_out, 0u);
  ForecastHistory const h = forecast_history(points_of(forty({4, 10, 11, 12, 13})), 1);
  EXPECT_EQ(h.first, PeriodIndex(114));
  EXPECT_EQ(h.values.size(), 26u);
  EXPECT_EQ(h.left_out, 9u);
  EXPECT_TRUE(h.bridged.empty());
}

TEST(ForecastHistoryTest, ATenthMayBeBridgedAndNoMore) {
  EXPECT_EQ(forecast_history(points_of(forty({2, 9, 17, 30})), 1).why, "");
  ForecastHistory const h = forecast_history(points_of(forty({2, 9, 17, 30, 32})), 1);
  EXPECT_EQ(h.why,
            "more than a tenth of its periods have no value; if nothing happened in them, write 0");
  EXPECT_TRUE(h.values.empty());
}

TEST(ForecastHistoryTest, ASeriesWithoutValuesHasNoHistory) {
  EXPECT_EQ(forecast_history({}, 12).why, "no value");
  auto points = points_of({kNoValue});
  points[0].missing = "given twice";
  EXPECT_EQ(forecast_history(points, 12).why, "given twice");
}

}  // namespace
}  // namespace bellwether::analysis
