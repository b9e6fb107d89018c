#include "core/forecast/accuracy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <span>
#include <vector>

#include "support/random.h"

namespace bellwether::forecast {
namespace {

using Came = std::vector<std::optional<double>>;

Forecast forecast_of(std::vector<double> mean, double width) {
  Forecast f;
  f.mean = std::move(mean);
  f.intervals.resize(1);
  f.intervals[0].coverage = 0.8;
  for (double m : f.mean) {
    f.intervals[0].lower.push_back(m - width);
    f.intervals[0].upper.push_back(m + width);
  }
  return f;
}

// Computed by hand: errors of 10, 20 and 0 relative to 90 + 100, 80 + 60 and 50 + 50.
TEST(AccuracyTest, MeansAreOverTheKnownPeriods) {
  Accuracy const a = judge(forecast_of({100, 60, 50}, 15), Came{90, 80, 50}, 4);
  EXPECT_EQ(a.periods, 3);
  EXPECT_NEAR(a.smape, (200.0 * 10 / 190 + 200.0 * 20 / 140) / 3, 1e-12);
  EXPECT_NEAR(a.mase.value(), 10.0 / 4, 1e-12);
  EXPECT_NEAR(a.coverage.at(0), 2.0 / 3, 1e-12);
}

TEST(AccuracyTest, MissingValuesAreNotJudged) {
  Accuracy const a = judge(forecast_of({100, 60}, 15), Came{std::nullopt, 60, 7}, 4);
  EXPECT_EQ(a.periods, 1);
  EXPECT_EQ(a.smape, 0);
  EXPECT_EQ(a.coverage.at(0), 1);
  EXPECT_EQ(judge(forecast_of({100}, 15), Came{}, 4).periods, 0);
}

TEST(AccuracyTest, AHistoryThatNeverMovedHasNoMase) {
  EXPECT_FALSE(judge(forecast_of({1}, 0), Came{2}, naive_step(std::vector<double>{5, 5})).mase);
}

TEST(AccuracyTest, ErrorsOfZerosAreDefined) {
  EXPECT_EQ(symmetric_error(0, 0), 0);
  EXPECT_EQ(symmetric_error(0, 5), 200);
  EXPECT_EQ(symmetric_error(-5, 5), 200);
}

TEST(AccuracyTest, TheNaiveStepIsTheMeanAbsoluteChange) {
  EXPECT_EQ(naive_step(std::vector<double>{1, 4, 2, 2}), 5.0 / 3);
  EXPECT_EQ(naive_step(std::vector<double>{1}), 0);
  EXPECT_EQ(naive_step({}), 0);
}

TEST(MethodListTest, EveryMethodIsListedOnceAndDescribed) {
  EXPECT_EQ(std::set<Method>(kMethodsListed.begin(), kMethodsListed.end()).size(), kMethods);
  for (Method m : kMethodsListed) {
    EXPECT_EQ(method_named(name(m)), m);
    EXPECT_FALSE(description(m).empty()) << name(m);
  }
}

TEST(RollingAccuracyTest, ARepeatingSeasonIsForecastBetterThanByOneNaiveStep) {
  std::vector<double> y;
  testing::Random random(5);
  for (int t = 0; t < 120; ++t)
    y.push_back(200 + 80 * std::sin(2 * 3.14159265 * t / 12) + 10 * random.uniform());
  RollingAccuracy const a = rolling_accuracy(y, 12, {});
  EXPECT_EQ(a.origins, kAccuracyOriginsMax);
  EXPECT_EQ(a.horizon, 3);
  EXPECT_LT(a.mase, 0.6);
  EXPECT_GT(a.coverage, 0.7);
  EXPECT_LT(a.smape, 10);
  EXPECT_EQ(rolling_accuracy(std::span(y).first(20), 12, {}).origins, 0)
      << "the series is too short for any origin";
}

}  // namespace
}  // namespace bellwether::forecast
