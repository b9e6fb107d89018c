#include "core/forecast/exponential_smoothing.h"

#include <cmath>

#include "core/forecast/forecast.h"
#include "support/random.h"
#include "unit/core/forecast/reference_data.h"

namespace bellwether::forecast {
namespace {

class SmoothingAgainstR : public ::testing::TestWithParam<const char*> {};

// R stops Nelder–Mead at the bound α = 0.9999, within its tolerance of 1e-4 relative.
TEST_P(SmoothingAgainstR, SesGivesTheSameForecasts) {
  std::string const series = GetParam();
  std::vector<double> const y = input(series);
  Options options;
  options.method = Method::kSes;
  options.adjustment = SeasonalAdjustment::kNone;
  Forecast const f = forecast(y, kMonths, kReferenceHorizon, options);
  ASSERT_EQ(f.why, NotAssessed::kNone);
  EXPECT_LT(relative_difference(f.mean, reference(series, "ses")), 1e-4);
  Smoothing const s = fit_smoothing(y, Trend::kNone);
  EXPECT_NEAR(s.alpha, parameter(series, "ses", "alpha"), 1e-3);
  EXPECT_NEAR(s.level, parameter(series, "ses", "l"), 2e-3 * s.level);
}

INSTANTIATE_TEST_SUITE_P(R, SmoothingAgainstR, ::testing::ValuesIn(kReferenceSeries));

double squared_error(Series y, const Smoothing& s) {
  Path const path = smooth(y, s);
  double sum = 0;
  for (size_t t = 0; t < y.size(); ++t) {
    double const level = t == 0 ? s.level : path.level[t - 1];
    double const slope = s.trend == Trend::kNone ? 0 : t == 0 ? s.slope : path.trend[t - 1];
    double const e = y[t] - level - s.phi * slope;
    sum += e * e;
  }
  return sum;
}

std::vector<double> random_walk(uint64_t seed, int n, double drift) {
  testing::Random random(seed);
  std::vector<double> y;
  double level = 1000;
  for (int t = 0; t < n; ++t) {
    level += drift + 20 * (random.uniform() - 0.5);
    y.push_back(level + 60 * (random.uniform() - 0.5));
  }
  return y;
}

TEST(ExponentialSmoothingTest, TheStatedErrorIsThatOfThePath) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::vector<double> const y = random_walk(seed, 80, 3);
    for (Trend trend : {Trend::kNone, Trend::kLinear, Trend::kDamped}) {
      Smoothing const s = fit_smoothing(y, trend);
      EXPECT_NEAR(s.squared_error, squared_error(y, s), 1e-6 * s.squared_error);
    }
  }
}

// No other parameters of a fine grid, with any initial state near the best one, have an error that
// is smaller by more than 0.1 %.
TEST(ExponentialSmoothingTest, NothingNearbyFitsBetter) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    std::vector<double> const y = random_walk(seed, 60, 2);
    Smoothing const best = fit_smoothing(y, Trend::kDamped);
    for (double alpha = 0.02; alpha < 1; alpha += 0.07) {
      for (double ratio : {0.001, 0.02, 0.1, 0.4, 0.9}) {
        for (double phi : {0.8, 0.86, 0.92, 0.98}) {
          Smoothing other = best;
          other.alpha = alpha;
          other.beta = std::max(1e-4, ratio * alpha);
          other.phi = phi;
          EXPECT_LE(best.squared_error, 1.001 * squared_error(y, other));
        }
      }
    }
  }
}

TEST(ExponentialSmoothingTest, HoltContinuesALineAndTheDampedTrendBendsIt) {
  std::vector<double> y;
  for (int t = 0; t < 40; ++t) y.push_back(50 + 3 * t);
  Options options;
  options.method = Method::kHolt;
  Forecast const holt = forecast(y, 1, 10, options);
  options.method = Method::kDamped;
  Forecast const damped = forecast(y, 1, 10, options);
  for (size_t h = 0; h < 10; ++h) {
    double const line = 50 + 3 * static_cast<double>(40 + h);
    EXPECT_NEAR(holt.mean[h], line, 1e-6);
    EXPECT_LT(damped.mean[h], line);
    EXPECT_GT(damped.mean[h], y.back());
  }
}

TEST(ExponentialSmoothingTest, BoundsHold) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    Smoothing const s = fit_smoothing(random_walk(seed, 30, -5), Trend::kDamped);
    EXPECT_GE(s.alpha, 1e-4);
    EXPECT_LE(s.alpha, 0.9999);
    EXPECT_GE(s.beta, 1e-4);
    EXPECT_LE(s.beta, std::max(1e-4, s.alpha));
    EXPECT_GE(s.phi, 0.8);
    EXPECT_LE(s.phi, 0.98);
  }
}

}  // namespace
}  // namespace bellwether::forecast
