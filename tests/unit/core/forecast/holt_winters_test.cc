#include "core/forecast/holt_winters.h"

#include <cmath>
#include <numbers>

#include "core/forecast/forecast.h"
#include "unit/core/forecast/reference_data.h"

namespace bellwether::forecast {
namespace {

constexpr HoltWintersParameters kFixed = {0.3, 0.05, 0.2};  // as in R's HWfixed files

class HoltWintersAgainstR : public ::testing::TestWithParam<const char*> {};

TEST_P(HoltWintersAgainstR, FixedParametersGiveTheSameForecasts) {
  std::string const series = GetParam();
  std::vector<double> const y = input(series);
  Options options;
  options.method = Method::kHoltWintersAdditive;
  options.holt_winters = kFixed;
  Forecast const f = forecast(y, kMonths, kReferenceHorizon, options);
  ASSERT_EQ(f.why, NotAssessed::kNone);
  EXPECT_LT(relative_difference(f.mean, reference(series, "hwfixed")), 1e-8);
  auto const fitted = holt_winters(y, kMonths, Combine::kAdd, kFixed);
  ASSERT_TRUE(fitted);
  double const sse = parameter(series, "HWfixed_additive", "SSE");
  EXPECT_NEAR(fitted->squared_error, sse, 1e-8 * sse);
  double const level = parameter(series, "HWfixed_additive", "coef_a");
  EXPECT_NEAR(fitted->path.level.back(), level, 1e-8 * level);
}

INSTANTIATE_TEST_SUITE_P(R, HoltWintersAgainstR, ::testing::ValuesIn(kReferenceSeries));

std::vector<double> seasonal(int n, bool multiply) {
  std::vector<double> y;
  for (int t = 0; t < n; ++t) {
    double const season = std::sin(2 * std::numbers::pi * t / 12);
    double const line = 100 + 2 * t;
    y.push_back(multiply ? line * (1 + 0.3 * season) : line + 30 * season);
  }
  return y;
}

TEST(HoltWintersTest, EstimatesAreNoWorseThanAnyFixedChoice) {
  std::vector<double> const y = input("AirPassengers");
  auto const fitted = holt_winters(y, kMonths, Combine::kMultiply, {});
  ASSERT_TRUE(fitted);
  for (double alpha : {0.1, 0.3, 0.5, 0.9}) {
    for (double gamma : {0.1, 0.5, 0.9}) {
      auto const other =
          holt_winters(y, kMonths, Combine::kMultiply, HoltWintersParameters{alpha, 0.03, gamma});
      if (!other) continue;
      EXPECT_LE(fitted->squared_error, other->squared_error);
    }
  }
  // R's optimum: 0.2756, 0.0327, 0.8707.
  auto const r = holt_winters(y, kMonths, Combine::kMultiply,
                              HoltWintersParameters{0.2755925, 0.03269295, 0.8707292});
  EXPECT_LT(fitted->squared_error, 1.001 * r->squared_error);
}

TEST(HoltWintersTest, AMultipliedSeasonIsContinued) {
  std::vector<double> const all = seasonal(132, true);
  Options options;
  options.method = Method::kHoltWintersMultiplicative;
  Forecast const f = forecast(Series(all).first(120), 12, 12, options);
  ASSERT_EQ(f.why, NotAssessed::kNone);
  for (size_t h = 0; h < 12; ++h) EXPECT_NEAR(f.mean[h], all[120 + h], 0.02 * all[120 + h]);
}

TEST(HoltWintersTest, AnAddedSeasonMayGoBelowZero) {
  std::vector<double> all = seasonal(132, false);
  for (double& value : all) value -= 120;
  Options options;
  options.method = Method::kHoltWintersAdditive;
  Forecast const f = forecast(Series(all).first(120), 12, 12, options);
  ASSERT_EQ(f.why, NotAssessed::kNone);
  for (size_t h = 0; h < 12; ++h) EXPECT_NEAR(f.mean[h], all[120 + h], 3);
}

TEST(HoltWintersTest, SeriesThatAreNotPositiveHaveNoMultiplicativeFit) {
  std::vector<double> y = seasonal(60, true);
  y[30] = 0;
  Options options;
  options.method = Method::kHoltWintersMultiplicative;
  EXPECT_EQ(forecast(y, 12, 12, options).why, NotAssessed::kNotPositive);
  EXPECT_EQ(forecast(Series(y).first(24), 12, 12, options).why, NotAssessed::kShortHistory);
  options.method = Method::kHoltWintersAdditive;
  EXPECT_EQ(forecast(y, 1, 12, options).why, NotAssessed::kBadOption);
}

}  // namespace
}  // namespace bellwether::forecast
