#include "analysis/forecast_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/must.h"

namespace bellwether::analysis {
namespace {

using forecast::Method;
using ::testing::HasSubstr;
using testing::must;

template <class Change>
ForecastOptions options(Change change) {
  ForecastFlags flags;
  change(flags);
  return must(forecast_options(flags));
}

TEST(ForecastOptionsTest, TheCalendarSetsTheSeasonAndTheHorizon) {
  ForecastOptions const months = options([](ForecastFlags&) {});
  EXPECT_EQ(months.season, 12);
  EXPECT_EQ(months.horizon, 12);
  EXPECT_EQ(months.method, Method::kCombination);
  EXPECT_EQ(months.levels, (std::vector<double>{80, 95}));
  EXPECT_EQ(months.holdout, 0);
  ForecastOptions const weeks = options([](ForecastFlags& f) { f.calendar = "week"; });
  EXPECT_EQ(weeks.season, 52);
  EXPECT_EQ(weeks.horizon, 52);
  EXPECT_EQ(weeks.scale.unit_name(), "week");
  ForecastOptions const undated = options([](ForecastFlags& f) { f.calendar = "undated"; });
  EXPECT_EQ(undated.season, 1);
  EXPECT_EQ(undated.horizon, kHorizonUndated);
}

TEST(ForecastOptionsTest, TheSeasonMayBeGiven) {
  ForecastOptions const quarters =
      options([](ForecastFlags& f) { f.calendar = "undated", f.season = 4; });
  EXPECT_EQ(quarters.season, 4);
  EXPECT_EQ(quarters.horizon, 4);
  ForecastOptions const months = options([](ForecastFlags& f) { f.season = 1; });
  EXPECT_EQ(months.season, 1);
  EXPECT_EQ(months.horizon, 12);
}

TEST(ForecastOptionsTest, AHoldoutIsTheHorizonUnlessOneIsGiven) {
  EXPECT_EQ(options([](ForecastFlags& f) { f.holdout = 5; }).horizon, 5);
  ForecastOptions const both = options([](ForecastFlags& f) { f.holdout = 5, f.horizon = 8; });
  EXPECT_EQ(both.holdout, 5);
  EXPECT_EQ(both.horizon, 8);
}

TEST(ForecastOptionsTest, EveryMethodHasItsName) {
  for (Method m : forecast::kMethodsListed) {
    EXPECT_EQ(options([m](ForecastFlags& f) { f.method = forecast::name(m); }).method, m);
  }
}

TEST(ForecastOptionsTest, ConflictingOptionsAreRefusedWithACorrection) {
  auto const complaint = [](auto change) {
    ForecastFlags flags;
    change(flags);
    auto const result = forecast_options(flags);
    EXPECT_FALSE(result.ok());
    return std::string(result.status().message());
  };
  EXPECT_THAT(complaint([](ForecastFlags& f) {
                f.levels = {95, 80};
              }),
              HasSubstr("80 comes after 95; give coverages that rise"));
  EXPECT_THAT(complaint([](ForecastFlags& f) { f.levels = {80, 80}; }), HasSubstr("that rise"));
  EXPECT_THAT(complaint([](ForecastFlags& f) { f.levels.clear(); }), HasSubstr("name 1 to 5"));
  EXPECT_THAT(complaint([](ForecastFlags& f) { f.method = "guess"; }), HasSubstr("--method guess"));
  EXPECT_THAT(complaint([](ForecastFlags& f) {
                f.method = "holt-winters-additive", f.calendar = "undated";
              }),
              HasSubstr("give --season 2 or more"));
  EXPECT_THAT(complaint([](ForecastFlags& f) { f.plot = "a.pdf"; }), HasSubstr(".svg or .png"));
  EXPECT_THAT(complaint([](ForecastFlags& f) { f.scores = "a.csv"; }), HasSubstr("--holdout"));
}

TEST(ForecastOptionsTest, LevelsHaveALimit) {
  auto const with = [](size_t count) {
    ForecastFlags flags;
    flags.levels.clear();
    for (size_t i = 0; i < count; ++i) flags.levels.push_back(50 + static_cast<double>(i));
    return forecast_options(flags).ok();
  };
  EXPECT_TRUE(with(kLevelsMax));
  EXPECT_FALSE(with(kLevelsMax + 1));
}

TEST(ForecastOptionsTest, HolidaysNeedDates) {
  ForecastFlags flags;
  flags.holidays = {"uk.csv"};
  EXPECT_TRUE(forecast_options(flags).ok());
  flags.calendar = "undated";
  EXPECT_EQ(forecast_options(flags).status().message(),
            "--holidays needs dated periods; leave it out");
}

}  // namespace
}  // namespace bellwether::analysis
