#include "core/forecast/forecast.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "support/random.h"
#include "unit/core/forecast/methods.h"
#include "unit/core/forecast/reference_data.h"

namespace bellwether::forecast {
namespace {

void expect_sound(const Forecast& f, size_t horizon) {
  ASSERT_EQ(f.mean.size(), horizon);
  for (const IntervalPath& interval : f.intervals) {
    ASSERT_EQ(interval.lower.size(), horizon);
    ASSERT_EQ(interval.upper.size(), horizon);
  }
  for (size_t h = 0; h < horizon; ++h) {
    ASSERT_TRUE(std::isfinite(f.mean[h])) << h;
    double lower = f.mean[h];
    double upper = f.mean[h];
    for (const IntervalPath& interval : f.intervals) {
      ASSERT_TRUE(std::isfinite(interval.lower[h]) && std::isfinite(interval.upper[h])) << h;
      EXPECT_LE(interval.lower[h], lower);
      EXPECT_GE(interval.upper[h], upper);
      lower = interval.lower[h];
      upper = interval.upper[h];
    }
  }
}

class EveryMethod : public ::testing::TestWithParam<Method> {
 protected:
  NotAssessed why(const std::vector<double>& y, int period = 4) {
    return forecast(y, period, 8, with(GetParam())).why;
  }
};

TEST_P(EveryMethod, RefusesInvalidSeries) {
  EXPECT_EQ(why({}), NotAssessed::kEmpty);
  EXPECT_EQ(why({5}), NotAssessed::kShortHistory);
  std::vector<double> y(40, 3);
  y[17] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(why(y), NotAssessed::kNotFinite);
  y[17] = -std::numeric_limits<double>::infinity();
  EXPECT_EQ(why(y), NotAssessed::kNotFinite);
  y[17] = 1e16;
  EXPECT_EQ(why(y), NotAssessed::kTooLarge);
  EXPECT_EQ(why(std::vector<double>(kLengthMax + 1, 3)), NotAssessed::kTooLarge);
}

TEST_P(EveryMethod, RefusesOptionsOutsideTheirRange) {
  std::vector<double> const y(40, 3);
  Options options = with(GetParam());
  EXPECT_EQ(forecast(y, 0, 8, options).why, NotAssessed::kBadOption);
  EXPECT_EQ(forecast(y, kPeriodMax + 1, 8, options).why, NotAssessed::kBadOption);
  EXPECT_EQ(forecast(y, 4, 0, options).why, NotAssessed::kBadOption);
  EXPECT_EQ(forecast(y, 4, kHorizonMax + 1, options).why, NotAssessed::kBadOption);
  options.intervals = {AdaptiveConformal(0.95), AdaptiveConformal(0.8)};
  EXPECT_EQ(forecast(y, 4, 8, options).why, NotAssessed::kBadOption);
  options.intervals = {AdaptiveConformal(1)};
  EXPECT_EQ(forecast(y, 4, 8, options).why, NotAssessed::kBadOption);
  options.intervals = {};
  options.holt_winters = HoltWintersParameters{0.5, 1.5, 0.5};
  EXPECT_EQ(forecast(y, 4, 8, options).why, NotAssessed::kBadOption);
}

TEST_P(EveryMethod, ForecastsAConstantAsItself) {
  for (double value : {7.0, 1e9, 1e-3}) {
    Forecast const f = forecast(std::vector<double>(40, value), 4, 8, with(GetParam()));
    ASSERT_EQ(f.why, NotAssessed::kNone);
    expect_sound(f, 8);
    for (double m : f.mean) EXPECT_NEAR(m, value, 1e-9 * value);
    EXPECT_NEAR(f.intervals[1].upper[7] - f.intervals[1].lower[7], 0, 1e-6 * value);
  }
}

// For unusual series, every assessed forecast is finite and ordered.
TEST_P(EveryMethod, OddSeriesGetASoundForecastOrAReason) {
  std::vector<std::vector<double>> odd;
  odd.emplace_back(60, 0);  // no events
  odd.emplace_back(60, -12.5);
  odd.emplace_back(60, 0).at(30) = 1e9;    // one spike
  odd.emplace_back(60, 50).back() = 5000;  // a shift at the end
  odd.emplace_back(260, 0);                // two hundred zeros, then events
  for (size_t t = 200; t < 260; ++t) odd.back()[t] = static_cast<double>(t % 7);
  odd.emplace_back(60, 10);  // a season that is always zero
  for (size_t t = 0; t < 60; t += 4) odd.back()[t] = 0;
  odd.emplace_back();  // exponential growth
  for (int t = 0; t < 60; ++t) odd.back().push_back(std::exp(0.5 * t));
  odd.emplace_back();  // decay to the smallest
  for (int t = 0; t < 60; ++t) odd.back().push_back(std::exp(-12.0 * t));
  odd.emplace_back();  // from one extreme to the other
  for (int t = 0; t < 60; ++t) odd.back().push_back(t % 2 == 0 ? 1e15 : -1e15);
  for (size_t i = 0; i < odd.size(); ++i) {
    for (int period : {1, 4, 12, 52}) {
      SCOPED_TRACE(::testing::Message() << "series " << i << ", period " << period);
      Forecast const f = forecast(odd[i], period, 60, with(GetParam()));
      if (f.why == NotAssessed::kNone) expect_sound(f, 60);
    }
  }
}

TEST_P(EveryMethod, IsSoundForTheShortestHistory) {
  testing::Random random(3);
  std::vector<double> y;
  bool assessed = false;
  for (int n = 1; n <= 40; ++n) {
    y.push_back(20 + 10 * random.uniform());
    Forecast const f = forecast(y, 4, 20, with(GetParam()));
    EXPECT_TRUE(!assessed || f.why == NotAssessed::kNone) << n;
    if (f.why != NotAssessed::kNone) {
      EXPECT_EQ(f.why, NotAssessed::kShortHistory);
      continue;
    }
    assessed = true;
    expect_sound(f, 20);
  }
  EXPECT_TRUE(assessed);
}

TEST_P(EveryMethod, IsDeterministic) {
  std::vector<double> const y = input("AirPassengers");
  Forecast const a = forecast(y, kMonths, 24, with(GetParam()));
  Forecast const b = forecast(y, kMonths, 24, with(GetParam()));
  EXPECT_EQ(a.mean, b.mean);
  EXPECT_EQ(a.intervals[1].lower, b.intervals[1].lower);
}

TEST_P(EveryMethod, IsFoundByItsName) {
  EXPECT_EQ(method_named(name(GetParam())), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Methods, EveryMethod, ::testing::ValuesIn(all_methods()));

TEST(ForecastTest, AnUnknownNameIsNoMethod) {
  EXPECT_EQ(method_named("oracle"), std::nullopt);
}

class ForecastAgainstR : public ::testing::TestWithParam<const char*> {};

TEST_P(ForecastAgainstR, SeasonalNaiveIsTheSame) {
  Forecast const f =
      forecast(input(GetParam()), kMonths, kReferenceHorizon, with(Method::kSeasonalNaive));
  EXPECT_LT(relative_difference(f.mean, reference(GetParam(), "snaive")), 1e-12);
}

INSTANTIATE_TEST_SUITE_P(R, ForecastAgainstR, ::testing::ValuesIn(kReferenceSeries));

TEST(ForecastTest, CombIsTheMeanOfItsThree) {
  std::vector<double> const y = input("USAccDeaths");
  Forecast const comb = forecast(y, kMonths, 12, with(Method::kComb));
  Forecast const ses = forecast(y, kMonths, 12, with(Method::kSes));
  Forecast const holt = forecast(y, kMonths, 12, with(Method::kHolt));
  Forecast const damped = forecast(y, kMonths, 12, with(Method::kDamped));
  for (size_t h = 0; h < 12; ++h) {
    EXPECT_NEAR(comb.mean[h], (ses.mean[h] + holt.mean[h] + damped.mean[h]) / 3, 1e-8);
  }
}

TEST(ForecastTest, ATwiceAsLargeSeriesHasTwiceTheForecast) {
  std::vector<double> const y = input("AirPassengers");
  std::vector<double> twice = y;
  for (double& value : twice) value *= 2;
  for (Method method : all_methods()) {
    Forecast const a = forecast(y, kMonths, 12, with(method));
    Forecast const b = forecast(twice, kMonths, 12, with(method));
    for (size_t h = 0; h < 12; ++h) {
      EXPECT_NEAR(b.mean[h], 2 * a.mean[h], 1e-9 * b.mean[h]) << name(method);
      EXPECT_NEAR(b.intervals[1].upper[h], 2 * a.intervals[1].upper[h], 1e-9 * b.mean[h]);
    }
  }
}

TEST(ForecastTest, CountsAreNotForecastBelowZero) {
  std::vector<double> y;
  for (int t = 0; t < 40; ++t) y.push_back(std::max(0.0, 80.0 - 2 * t + 3 * (t % 3)));
  Options options = with(Method::kHolt);
  EXPECT_LT(forecast(y, 1, 20, options).mean.back(), 0);
  options.non_negative = true;
  Forecast const f = forecast(y, 1, 20, options);
  EXPECT_EQ(f.mean.back(), 0);
  EXPECT_EQ(f.intervals[1].lower.back(), 0);
  expect_sound(f, 20);
}

// White noise about a level: the exact interval of a future error is known.
TEST(ForecastTest, IntervalsHaveTheStatedCoverage) {
  testing::Random random(11);
  int inside = 0;
  int all = 0;
  for (int trial = 0; trial < 400; ++trial) {
    std::vector<double> y;
    for (int t = 0; t < 212; ++t) {
      double sum = 0;
      for (int i = 0; i < 12; ++i) sum += random.uniform();
      y.push_back(100 + 10 * (sum - 6));
    }
    Forecast const f = forecast(Series(y).first(200), 1, 12, with(Method::kSes));
    for (size_t h = 0; h < 12; ++h, ++all) {
      inside += int{f.intervals[1].lower[h] <= y[200 + h] && y[200 + h] <= f.intervals[1].upper[h]};
    }
  }
  EXPECT_NEAR(static_cast<double>(inside) / all, 0.95, 0.015);
}

}  // namespace
}  // namespace bellwether::forecast
