// Series that no model was made for. For each series and each method, the result is either listed
// here or checked to be sound (support/sound_forecast.h).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "core/forecast/forecast.h"
#include "support/random.h"
#include "support/sound_forecast.h"
#include "unit/core/forecast/methods.h"

namespace bellwether::forecast {
namespace {

using testing::unsound;

constexpr int kLength = 60;
constexpr int kPeriods[] = {1, 4, 12, 30, 52, kPeriodMax};
constexpr double kLeast = std::numeric_limits<double>::denorm_min();

struct OddSeries {
  const char* name;
  std::function<double(int t)> value;  // for t = 0 … kLength − 1
};

const std::vector<OddSeries>& odd_series() {
  static const std::vector<OddSeries> kOdd = {
      {"all zero", [](int) { return 0; }},
      {"minus zero", [](int) { return -0.0; }},
      {"constant", [](int) { return 40; }},
      {"constant, negative", [](int) { return -12.5; }},
      {"constant, largest", [](int) { return kMagnitudeMax; }},
      {"constant, most negative", [](int) { return -kMagnitudeMax; }},
      {"constant, least", [](int) { return kLeast; }},
      {"one spike", [](int t) { return t == 30 ? 1e9 : 0; }},
      {"one spike on a level", [](int t) { return t == 30 ? kMagnitudeMax : 3; }},
      {"one spike at the first point", [](int t) { return t == 0 ? kMagnitudeMax : 3; }},
      {"one fall to the least", [](int t) { return t == 30 ? kLeast : 3; }},
      {"shift at the last point", [](int t) { return t + 1 == kLength ? kMagnitudeMax : 3; }},
      {"fall at the last point", [](int t) { return t + 1 == kLength ? kLeast : kMagnitudeMax; }},
      {"zero at the last point", [](int t) { return t + 1 == kLength ? 0 : 500; }},
      {"zeros, then a level", [](int t) { return t < 40 ? 0 : 25; }},
      {"a level, then zeros", [](int t) { return t < 40 ? 25 : 0; }},
      {"growth past anything", [](int t) { return std::min(kMagnitudeMax, std::exp(0.6 * t)); }},
      {"decay to the least", [](int t) { return std::exp(-12.5 * t); }},
      {"alternating in sign", [](int t) { return t % 2 == 0 ? kMagnitudeMax : -kMagnitudeMax; }},
      {"alternating in size", [](int t) { return t % 2 == 0 ? kMagnitudeMax : kLeast; }},
      {"ever larger swings", [](int t) { return std::pow(-1.7, t); }},
      {"a season that is always zero", [](int t) { return t % 4 == 0 ? 0 : 10; }},
      {"a season that is nearly zero", [](int t) { return t % 4 == 0 ? 1e-300 : 10; }},
      {"one season alone", [](int t) { return t % 12 == 7 ? 30 : 0; }},
      {"sizes at random",
       [](int t) {
         testing::Random random(static_cast<uint64_t>(t));
         return std::exp(std::log(kMagnitudeMax) * (2 * random.uniform() - 1));
       }},
  };
  return kOdd;
}

std::vector<double> values_of(const OddSeries& odd, int n = kLength) {
  std::vector<double> y;
  for (int t = 0; t < n; ++t) y.push_back(odd.value(t));
  return y;
}

class BadInput : public ::testing::TestWithParam<Method> {
 protected:
  // Checks every odd series with each season.
  static void expect_sound(const Options& options, int horizon) {
    double const floor = options.non_negative ? 0 : -HUGE_VAL;
    for (const OddSeries& odd : odd_series()) {
      for (int period : kPeriods) {
        Forecast const f = forecast(values_of(odd), period, horizon, options);
        EXPECT_EQ(unsound(f, horizon, floor), "")
            << odd.name << ", period " << period << ", horizon " << horizon;
      }
    }
  }
};

TEST_P(BadInput, GivesASoundForecastOrAReason) {
  for (int horizon : {1, kHorizonMax}) expect_sound(with(GetParam()), horizon);
}

TEST_P(BadInput, IsNotForecastBelowZeroIfCounted) {
  Options options = with(GetParam());
  options.non_negative = true;
  expect_sound(options, 40);
}

TEST_P(BadInput, IsAdjustedSoundly) {
  for (auto adjustment :
       {SeasonalAdjustment::kNone, SeasonalAdjustment::kMultiply, SeasonalAdjustment::kAdd}) {
    Options options = with(GetParam());
    options.adjustment = adjustment;
    expect_sound(options, 40);
  }
}

INSTANTIATE_TEST_SUITE_P(Methods, BadInput, ::testing::ValuesIn(all_methods()));

class BadInputOfHoltWinters : public BadInput {
 protected:
  static Options smoothed(double alpha, double beta, double gamma) {
    Options options = with(GetParam());
    options.holt_winters = HoltWintersParameters{alpha, beta, gamma};
    return options;
  }
};

TEST_P(BadInputOfHoltWinters, IsSmoothedSoundlyAtTheEndsOfTheRange) {
  for (double alpha : {0.0, 0.5, 1.0}) {
    for (double beta : {0.0, 0.5, 1.0}) {
      for (double gamma : {0.0, 0.5, 1.0}) expect_sound(smoothed(alpha, beta, gamma), 40);
    }
  }
}

// Some parameters in the range are unstable: states grow over a long history. First their squares
// overflow, then the forecasts, and in the end the states themselves.
TEST_P(BadInputOfHoltWinters, ADivergingFitGivesAReason) {
  bool const multiply = GetParam() == Method::kHoltWintersMultiplicative;
  Options const unstable = multiply ? smoothed(0.5, 0.375, 0.875) : smoothed(0.375, 1, 0.5);
  int const period = multiply ? 3 : 12;
  testing::Random random(7);
  std::vector<double> y;
  for (size_t t = 0; t < kLengthMax; ++t) {
    y.push_back(multiply ? std::exp(2 * random.uniform()) : kMagnitudeMax * random.uniform());
  }
  EXPECT_EQ(forecast(y, period, 1000, unstable).why, NotAssessed::kDiverged);
  for (size_t n = 500; n <= kLengthMax; n += 500) {
    EXPECT_EQ(unsound(forecast(Series(y).first(n), period, 1000, unstable), 1000), "") << n;
  }
}

INSTANTIATE_TEST_SUITE_P(HoltWinters, BadInputOfHoltWinters,
                         ::testing::Values(Method::kHoltWintersAdditive,
                                           Method::kHoltWintersMultiplicative));

struct Expected {
  const char* name;
  Method method;
  int period;
  NotAssessed why;
  double mean;  // of every horizon
};

TEST(BadInputTest, KnownResults) {
  for (const Expected& e : std::initializer_list<Expected>{
           {"all zero", Method::kCombination, 12, NotAssessed::kNone, 0},
           {"all zero", Method::kHoltWintersAdditive, 12, NotAssessed::kNone, 0},
           {"all zero", Method::kHoltWintersMultiplicative, 12, NotAssessed::kNotPositive, 0},
           {"constant", Method::kCombination, 12, NotAssessed::kNone, 40},
           {"constant, negative", Method::kCombination, 12, NotAssessed::kNone, -12.5},
           {"constant, largest", Method::kHolt, 12, NotAssessed::kNone, kMagnitudeMax},
           {"constant", Method::kSeasonalNaive, 60, NotAssessed::kShortHistory, 0},
           {"constant", Method::kHoltWintersAdditive, 30, NotAssessed::kShortHistory, 0},
           {"zero at the last point", Method::kNaive, 1, NotAssessed::kNone, 0},
           {"shift at the last point", Method::kNaive, 1, NotAssessed::kNone, kMagnitudeMax},
           {"one spike", Method::kHoltWintersMultiplicative, 4, NotAssessed::kNotPositive, 0},
       }) {
    SCOPED_TRACE(::testing::Message() << e.name << ", " << name(e.method));
    auto const odd = std::ranges::find_if(
        odd_series(), [&](const OddSeries& s) { return std::string(s.name) == e.name; });
    ASSERT_NE(odd, odd_series().end());
    Forecast const f = forecast(values_of(*odd), e.period, 8, with(e.method));
    EXPECT_EQ(f.why, e.why) << name(f.why);
    EXPECT_EQ(unsound(f, 8), "");
    for (double m : f.mean) EXPECT_NEAR(m, e.mean, 1e-9 * std::abs(e.mean));
  }
}

}  // namespace
}  // namespace bellwether::forecast
