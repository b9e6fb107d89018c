#include "core/forecast/evolving_season.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/random.h"

namespace bellwether::forecast {
namespace {

// The recursion of the header, simulated.
std::vector<double> simulated(const EvolvingSeason& s, size_t n, double noise, uint64_t seed) {
  testing::Random random(seed);
  std::vector<double> season = s.season;
  double level = s.level;
  double slope = s.slope;
  std::vector<double> y;
  for (size_t t = 0; t < n; ++t) {
    double e = 0;
    for (int i = 0; i < 12; ++i) e += noise * (random.uniform() - 0.5);
    double& index = season[t % season.size()];
    slope *= s.phi;
    level += slope;
    y.push_back(level + index + e);
    level += s.alpha * e;
    slope += s.beta * e;
    index += s.gamma * e;
  }
  return y;
}

EvolvingSeason model(double alpha, double gamma) {
  return {alpha, 0.01, gamma, 0.95, 100, 0.5, {-6, -2, 3, 5}, 0};
}

TEST(EvolvingSeasonTest, FindsTheParametersOfALongSeries) {
  for (double gamma : {0.0, 0.1, 0.4}) {
    EvolvingSeason const truth = model(0.3, gamma);
    std::vector<double> const y = simulated(truth, 4000, 2, 1);
    EvolvingSeason const s = fit_evolving_season(y, truth.season);
    EXPECT_NEAR(s.alpha, truth.alpha, 0.05) << gamma;
    EXPECT_NEAR(s.gamma, truth.gamma, 0.05) << gamma;
  }
}

TEST(EvolvingSeasonTest, ThePathsErrorsAreThoseOfTheFit) {
  EvolvingSeason const truth = model(0.4, 0.2);
  std::vector<double> const y = simulated(truth, 120, 2, 2);
  EvolvingSeason const s = fit_evolving_season(y, truth.season);
  Path const path = smooth(y, s, HUGE_VAL);
  std::vector<double> one_ahead(y.size() - 1);
  path.forecast(0, 1, one_ahead);
  double const first = y[0] - (s.level + s.phi * s.slope) - s.season[0];
  double sum = first * first;
  for (size_t t = 1; t < y.size(); ++t) {
    sum += (y[t] - one_ahead[t - 1]) * (y[t] - one_ahead[t - 1]);
  }
  EXPECT_NEAR(sum, s.squared_error, 1e-9 * sum);
}

TEST(EvolvingSeasonTest, NoSlopeIsSteeperThanItsBound) {
  EvolvingSeason s = model(0.8, 0.1);
  s.beta = 0.8;
  std::vector<double> y(40, 100);
  y.push_back(900);
  for (double slope : smooth(y, s, 1.5).trend) EXPECT_LE(std::abs(slope), 1.5);
  EXPECT_GT(smooth(y, s, HUGE_VAL).trend.back(), 1.5);
}

}  // namespace
}  // namespace bellwether::forecast
