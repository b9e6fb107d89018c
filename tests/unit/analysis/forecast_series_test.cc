#include "analysis/forecast_series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "analysis/forecast_options.h"
#include "analysis/forecast_table.h"
#include "core/base/text.h"
#include "support/must.h"
#include "support/random.h"

namespace bellwether::analysis {
namespace {

using base::PeriodIndex;
using forecast::Method;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr double kNone = -1e9;

Series series_of(const std::vector<double>& values) {
  Series s{"s", {}};
  for (double v : values) {
    PeriodIndex const period(static_cast<int32_t>(s.points.size()));
    s.points.push_back(
        {period, v == kNone ? std::nullopt : std::optional(v), v == kNone ? "no value" : ""});
  }
  return s;
}

template <class F>
Series series_of(int n, F value) {
  std::vector<double> values;
  for (int t = 0; t < n; ++t) values.push_back(value(t));
  return series_of(values);
}

ForecastOptions months(Method method = Method::kCombination) {
  ForecastOptions o = testing::must(forecast_options({}));
  o.method = method;
  return o;
}

double wave(int t) {
  return 100 + t + 30 * std::sin(2 * std::numbers::pi * t / 12);
}

// The season learns closures of fixed weeks. They are not scored; the forecasts are the same.
TEST(ForecastSeriesTest, S3_ClosuresDisturbNoForecast) {
  base::Calendar const weeks(base::CalendarUnit::kWeek);
  ForecastFlags flags;
  flags.calendar = "week";
  flags.holdout = 26;
  ForecastOptions plain = testing::must(forecast_options(flags));
  ForecastOptions with = plain;
  base::SpecialDays days;
  for (int t = 50; t < 400; t += 52) {
    for (int rest : {t, t + 1}) days.closures.push_back(weeks.first_day(PeriodIndex(rest)));
  }
  with.business_calendar = testing::must(base::BusinessCalendar::make(std::move(days)));
  testing::Random random(9);
  auto const rests = [&](int t) { return with.business_calendar.closed(weeks, PeriodIndex(t)); };
  Series const series =
      series_of(380, [&](int t) { return (rests(t) ? 100.0 : 400.0) + random.between(-10, 10); });
  SeriesForecast const a = forecast_series(series, plain);
  SeriesForecast const b = forecast_series(series, with);
  ASSERT_EQ(a.why, "");
  EXPECT_EQ(a.forecast.mean, b.forecast.mean);
  for (int h = 0; h < 26; ++h) {
    EXPECT_NEAR(b.forecast.mean[static_cast<size_t>(h)], rests(354 + h) ? 100 : 400, 30) << h;
  }
  EXPECT_EQ(a.holdout->accuracy.periods, 26);
  EXPECT_EQ(b.holdout->accuracy.periods, 24);
  EXPECT_EQ(b.seasonal_naive->accuracy.periods, 24);
  EXPECT_LE(b.holdout->accuracy.smape, a.holdout->accuracy.smape);
}

void expect_sound(const SeriesForecast& f, const ForecastOptions& o) {
  if (!f.why.empty()) {
    EXPECT_TRUE(f.forecast.mean.empty());
    return;
  }
  ASSERT_EQ(f.forecast.mean.size(), static_cast<size_t>(o.horizon));
  ASSERT_EQ(f.forecast.intervals.size(), o.levels.size());
  for (size_t h = 0; h < f.forecast.mean.size(); ++h) {
    double lower = f.forecast.mean[h];
    double upper = lower;
    EXPECT_TRUE(std::isfinite(lower));
    for (const forecast::IntervalPath& i : f.forecast.intervals) {
      EXPECT_TRUE(std::isfinite(i.lower.at(h)) && std::isfinite(i.upper.at(h)));
      EXPECT_LE(i.lower[h], lower);
      EXPECT_GE(i.upper[h], upper);
      lower = i.lower[h];
      upper = i.upper[h];
    }
  }
}

TEST(ForecastSeriesTest, AForecastBeginsAfterTheLastValueAndFollowsTheSeason) {
  // The season is proportional to the level, as the default method assumes.
  auto const growing = [](int t) {
    return (100 + t) * (1 + 0.2 * std::sin(2 * std::numbers::pi * t / 12));
  };
  SeriesForecast const f = forecast_series(series_of(120, growing), months());
  EXPECT_EQ(f.why, "");
  EXPECT_EQ(f.first, PeriodIndex(120));
  EXPECT_TRUE(f.remarks.empty());
  expect_sound(f, months());
  for (int h = 0; h < 12; ++h)
    EXPECT_NEAR(f.forecast.mean[static_cast<size_t>(h)], growing(120 + h), 5) << h;
}

TEST(ForecastSeriesTest, ALastPeriodWithoutAValueIsForecastItself) {
  ForecastOptions o = months(Method::kNaive);
  SeriesForecast const f = forecast_series(series_of({5, 6, 7, kNone}), o);
  EXPECT_EQ(f.first, PeriodIndex(3));
  EXPECT_EQ(f.forecast.mean[0], 7);
}

TEST(ForecastSeriesTest, RemarksSayHowTheHistoryDiffersFromTheSeries) {
  std::vector<double> values(60, 5.0);
  values[4] = values[5] = values[6] = values[7] = kNone;
  values[30] = values[33] = kNone;
  EXPECT_THAT(
      forecast_series(series_of(values), months(Method::kNaive)).remarks,
      ElementsAre("uses only the values from 1970-09 on: before them 4 or more periods in a "
                  "row have no value",
                  "uses lines between neighbours for periods without a value: 1972-07, "
                  "1972-10"));
}

// By hand, for 10 14 12 18 16 20 | 22 19 25: the last value has the errors 2, 1 and 5; the mean
// naive step before the holdout is 18/5; the last values of a season of two have the errors 6, 1
// and 9.
TEST(ForecastSeriesTest, AHoldoutIsScoredBesideTheSeasonalNaive) {
  ForecastOptions o = months(Method::kNaive);
  o.season = 2;
  o.horizon = o.holdout = 3;
  SeriesForecast const f = forecast_series(series_of({10, 14, 12, 18, 16, 20, 22, 19, 25}), o);
  EXPECT_EQ(f.first, PeriodIndex(6));
  EXPECT_EQ(f.forecast.mean, (std::vector<double>{20, 20, 20}));
  ASSERT_TRUE(f.holdout);
  EXPECT_EQ(f.holdout->why, "");
  EXPECT_EQ(f.holdout->accuracy.periods, 3);
  EXPECT_NEAR(f.holdout->accuracy.smape, 12.291412291412291, 1e-12);
  EXPECT_NEAR(f.holdout->accuracy.mase.value(), 8 / 3.0 / 3.6, 1e-12);
  ASSERT_TRUE(f.seasonal_naive);
  EXPECT_NEAR(f.seasonal_naive->accuracy.smape, 26.86986384033881, 1e-12);
  EXPECT_NEAR(f.seasonal_naive->accuracy.mase.value(), 16 / 3.0 / 3.6, 1e-12);
}

TEST(ForecastSeriesTest, TheForecastDoesNotUseTheHoldout) {
  ForecastOptions o = months();
  o.holdout = 12;
  SeriesForecast const one = forecast_series(series_of(120, wave), o);
  SeriesForecast const other =
      forecast_series(series_of(120, [](int t) { return t < 108 ? wave(t) : 9e9; }), o);
  EXPECT_EQ(one.forecast.mean, other.forecast.mean);
  o.holdout = 0;
  EXPECT_EQ(forecast_series(series_of(108, wave), o).forecast.mean, one.forecast.mean);
}

TEST(ForecastSeriesTest, AHeldOutPeriodWithoutAValueIsNotScored) {
  ForecastOptions o = months(Method::kNaive);
  o.horizon = o.holdout = 3;
  SeriesForecast const f = forecast_series(series_of({5, 9, 7, 7, kNone, 9}), o);
  EXPECT_EQ(f.first, PeriodIndex(3));
  EXPECT_EQ(f.holdout->accuracy.periods, 2);
  EXPECT_NEAR(f.holdout->accuracy.mase.value(), (0 + 2) / 2.0 / 3, 1e-12);
}

// The periods between are forecast too, but not reported.
TEST(ForecastSeriesTest, TheLastValueMayBeSomePeriodsBeforeTheHoldout) {
  ForecastOptions o = months(Method::kHolt);
  o.season = 1;
  o.horizon = o.holdout = 2;
  SeriesForecast const f =
      forecast_series(series_of({10, 12, 14, 16, 18, 20, kNone, kNone, 26, 28}), o);
  EXPECT_EQ(f.first, PeriodIndex(8));
  EXPECT_NEAR(f.forecast.mean[0], 26, 1e-6);
  EXPECT_NEAR(f.forecast.mean[1], 28, 1e-6);
  EXPECT_THAT(f.remarks, ElementsAre(HasSubstr("before the holdout, that of 1970-06")));
}

TEST(ForecastSeriesTest, TheHorizonMayBeShorterOrLongerThanTheHoldout) {
  ForecastOptions o = months(Method::kNaive);
  o.holdout = 6;
  o.horizon = 2;
  EXPECT_EQ(forecast_series(series_of(60, wave), o).holdout->accuracy.periods, 2);
  o.horizon = 9;
  SeriesForecast const f = forecast_series(series_of(60, wave), o);
  EXPECT_EQ(f.holdout->accuracy.periods, 6);
  EXPECT_EQ(f.forecast.mean.size(), 9u);
}

TEST(ForecastSeriesTest, ASeriesThatWasNeverNegativeStaysSo) {
  auto const falling = [](int t) { return 100.0 - 8 * t; };
  ForecastOptions const o = months(Method::kHolt);
  SeriesForecast const counts = forecast_series(series_of(12, falling), o);
  EXPECT_EQ(counts.forecast.mean.back(), 0);
  EXPECT_EQ(counts.forecast.intervals[1].lower.back(), 0);
  SeriesForecast const numbers = forecast_series(series_of(14, falling), o);
  EXPECT_LT(numbers.forecast.mean.back(), -50);
}

TEST(ForecastSeriesTest, ASeriesThatCannotBeForecastHasAReason) {
  struct Case {
    const char* why;
    Series series;
    Method method;
    int holdout = 0;
  };
  for (const Case& c : std::vector<Case>{
           {"no value", {"s", {}}, Method::kNaive},
           {"no value", series_of({kNone, kNone}), Method::kNaive},
           {"too little history: 1 value, and naive needs 2", series_of({5}), Method::kNaive},
           {"too little history: 12 values, and seasonal-naive needs 13", series_of(12, wave),
            Method::kSeasonalNaive},
           {"too little history: 5 values, and combination needs 6",
            series_of({5, kNone, kNone, kNone, kNone, 5, 5, 5, 5, 5}), Method::kCombination},
           {"a multiplicative season needs positive values",
            series_of(60, [](int t) { return wave(t) - 100; }), Method::kHoltWintersMultiplicative},
           {"nothing is before the holdout", series_of({5, 6, 7}), Method::kNaive, 3},
           {"nothing is before the holdout", series_of({5, 6, 7}), Method::kNaive, 9},
           {"too little history: 1 value", series_of({5, 6, 7}), Method::kNaive, 2},
           {"more than a tenth", series_of({5, kNone, 6, 7}), Method::kNaive},
       }) {
    ForecastOptions o = months(c.method);
    o.holdout = c.holdout;
    SeriesForecast const f = forecast_series(c.series, o);
    EXPECT_THAT(f.why, StartsWith(c.why));
    EXPECT_TRUE(f.forecast.mean.empty());
    EXPECT_EQ(f.holdout.has_value(), c.holdout > 0);
    EXPECT_EQ(f.holdout.value_or(Holdout{f.why, {}}).why, f.why);
  }
}

TEST(ForecastSeriesTest, TheHorizonMustEndWithinTheCalendar) {
  auto const last_month = [](const char* text) {
    PeriodIndex const p = testing::must(PeriodScale::dated(base::CalendarUnit::kMonth).parse(text));
    return forecast_series({"s", {{PeriodIndex(p.value - 1), 5.0, ""}, {p, 6.0, ""}}},
                           months(Method::kNaive))
        .why;
  };
  EXPECT_EQ(last_month("9998-12"), "");
  EXPECT_EQ(last_month("9999-01"), "the calendar ends before the last period to forecast");
}

TEST(ForecastSeriesTest, HorizonAndGapTogetherHaveALimit) {
  ForecastOptions o = months(Method::kNaive);
  o.horizon = forecast::kHorizonMax;
  o.holdout = 1;
  EXPECT_EQ(forecast_series(series_of({5, 6, 7}), o).why, "");
  EXPECT_EQ(forecast_series(series_of({5, 6, kNone, 7}), o).why,
            "its latest value is too far from the periods to forecast");
}

// Awkward input: every method gives a defined answer.
TEST(ForecastSeriesTest, AwkwardSeriesHaveDefinedAnswers) {
  testing::Random random(20261125);
  std::vector<Series> const awkward = {
      series_of(120, [](int) { return 50; }),
      series_of(120, [](int) { return 0; }),
      series_of(120, [](int t) { return t == 90 ? 900 : 0; }),
      series_of(120, [](int t) { return t < 119 ? 5 : 5e9; }),
      series_of(320, [&](int t) { return t < 200 ? 0 : random.between(10, 14); }),
      series_of(120, [](int t) { return t % 12 == 4 ? 0 : 30; }),
      series_of(120, [&](int) { return random.between(0, 9) == 0 ? 1 : 0; }),
      series_of(120, [](int) { return kNumberMax; }),
      series_of(120, [&](int) { return random.chance(0.5) ? kNumberMax : -kNumberMax; }),
      series_of(120, [&](int) { return random.uniform() * 1e-12; }),
      series_of(120, [](int t) { return std::min(kNumberMax, std::pow(1.4, t)); }),
      series_of(120, [](int t) { return std::pow(0.5, t); }),
      series_of(9, [](int) { return 5; }),
      series_of(2, [](int) { return 5; }),
  };
  for (size_t i = 0; i < awkward.size(); ++i) {
    for (Method m : forecast::kMethodsListed) {
      SCOPED_TRACE(base::cat("series ", i, " by ", forecast::name(m)));
      for (int holdout : {0, 5}) {
        ForecastOptions o = months(m);
        o.horizon = 60;
        o.holdout = holdout;
        SeriesForecast const f = forecast_series(awkward[i], o);
        expect_sound(f, o);
        if (!f.holdout || !f.why.empty()) continue;
        EXPECT_TRUE(std::isfinite(f.holdout->accuracy.smape));
        EXPECT_TRUE(std::isfinite(f.holdout->accuracy.mase.value_or(0)));
      }
    }
  }
}

TEST(ForecastTableTest, ColumnsFollowTheLevels) {
  EXPECT_EQ(forecast_columns(std::vector<double>{80, 95}),
            "series,period,mean,lo80,hi80,lo95,hi95\n");
  EXPECT_EQ(forecast_columns(std::vector<double>{50, 97.5, 99.9}),
            "series,period,mean,lo50,hi50,lo97.5,hi97.5,lo99.9,hi99.9\n");
}

SeriesForecast scored(const char* name, double smape, std::optional<double> mase, double naive) {
  SeriesForecast f;
  f.name = name;
  f.holdout = Holdout{"", {4, smape, mase, {1, 1}}};
  f.seasonal_naive = Holdout{"", {4, naive, mase, {0.5, 1}}};
  return f;
}

TEST(ForecastTableTest, MeansAreOverTheSeriesThatBothMethodsForecast) {
  std::vector<SeriesForecast> all = {scored("a", 10, 1.0, 30), scored("b", 20, std::nullopt, 50),
                                     scored("c", 999, 99.0, 0), scored("d", 0, 9.0, 0)};
  all[2].seasonal_naive = Holdout{"too little history", {}};
  all[3].holdout = Holdout{"no, \"none\"", {}};
  ForecastOptions o = months();
  o.holdout = 4;
  EXPECT_EQ(scores_csv(score_rows(all, o), o.levels),
            "series,method,periods,smape,mase,cover80,cover95,state\n"
            "a,combination,4,10,1,100,100,assessed\n"
            "a,seasonal-naive,4,30,1,50,100,assessed\n"
            "b,combination,4,20,,100,100,assessed\n"
            "b,seasonal-naive,4,50,,50,100,assessed\n"
            "c,combination,4,999,99,100,100,assessed\n"
            "c,seasonal-naive,,,,,,not assessed: too little history\n"
            "d,combination,,,,,,\"not assessed: no, \"\"none\"\"\"\n"
            "d,seasonal-naive,4,0,9,50,100,assessed\n"
            ",combination,8,15,1,100,100,assessed\n"
            ",seasonal-naive,8,40,1,50,100,assessed\n");
}

TEST(ForecastTableTest, TheSeasonalNaiveMethodIsNotComparedWithItself) {
  ForecastOptions o = months(Method::kSeasonalNaive);
  o.holdout = 4;
  EXPECT_EQ(score_rows(std::vector<SeriesForecast>{scored("a", 1, 1.0, 1)}, o).size(), 1u);
}

}  // namespace
}  // namespace bellwether::analysis
