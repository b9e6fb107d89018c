#include "core/forecast/conformal.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/random.h"

namespace bellwether::forecast {
namespace {

TEST(AdaptiveConformalTest, AMissWidensAndAHitNarrows) {
  AdaptiveConformal state(0.95, 0.01);
  EXPECT_DOUBLE_EQ(state.alpha(), 1 - 0.95);
  state.update(true);
  EXPECT_NEAR(state.alpha(), 0.05 + 0.01 * (0.05 - 1), 1e-15);
  state.update(false);
  EXPECT_NEAR(state.alpha(), 0.05 - 0.0095 + 0.0005, 1e-15);
  EXPECT_DOUBLE_EQ(state.coverage(), 0.95);
}

TEST(ErrorsTest, MarginsAreOrderStatistics) {
  std::vector<double> errors;
  for (int i = 1; i <= 99; ++i) errors.push_back(i - 50);  // −49 … 49
  Errors const e(errors);
  Margin const m = e.margin(0.1);  // (99 + 1) · 0.05 = 5 errors outside on each side
  EXPECT_EQ(m.below, -45);
  EXPECT_EQ(m.above, 45);
}

TEST(ErrorsTest, BetweenRanksMarginsAreLinear) {
  std::vector<double> errors;
  for (int i = 1; i <= 99; ++i) errors.push_back(i - 50);
  Margin const m = Errors(errors).margin(0.105);  // rank 5.25
  EXPECT_NEAR(m.below, -44.75, 1e-9);
  EXPECT_NEAR(m.above, 44.75, 1e-9);
  Margin const median = Errors({1, 2, 4, 8}).margin(1);
  EXPECT_EQ(median.below, 3);
  EXPECT_EQ(median.above, 3);
}

// For 57 errors, α = .05 has rank 1.45. Rounded outwards, the coverage would be 96.6 %.
TEST(ErrorsTest, MarginsHaveTheStatedCoverageOnAverage) {
  testing::Random random(57);
  int misses = 0;
  constexpr int kTrials = 20'000;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> errors;
    for (int i = 0; i < 57; ++i) errors.push_back(random.uniform());
    Margin const m = Errors(errors).margin(0.05);
    double const next = random.uniform();
    misses += int{next < m.below || next > m.above};
  }
  EXPECT_NEAR(static_cast<double>(misses) / kTrials, 0.05, 0.005);
}

TEST(ErrorsTest, AddedErrorsCountAsInitialOnes) {
  testing::Random random(5);
  std::vector<double> errors;
  Errors grown({});
  for (int i = 0; i < 200; ++i) {
    errors.push_back(random.uniform() - 0.5);
    grown.add(errors.back());
  }
  Errors const at_once(errors);
  for (double alpha : {0.01, 0.05, 0.2, 0.9, 1.5}) {
    EXPECT_EQ(grown.margin(alpha).below, at_once.margin(alpha).below);
    EXPECT_EQ(grown.margin(alpha).above, at_once.margin(alpha).above);
  }
}

// Errors that keep only their tails give the same margins as errors that keep everything.
TEST(ErrorsTest, TailsGiveTheMarginsOfAllErrors) {
  testing::Random random(6);
  std::vector<double> errors;
  for (int i = 0; i < 100; ++i) errors.push_back(std::floor(20 * random.uniform()) - 10);
  constexpr double kAlphaMost = 0.3;
  Errors tails(errors, 0.5 * kAlphaMost * 201);
  Errors all(errors);
  for (int i = 0; i < 100; ++i) {
    double const error = 20 * random.uniform() - 10;
    tails.add(error);
    all.add(error);
    for (double alpha : {-1.0, 0.01, 0.05, 0.2, kAlphaMost}) {
      EXPECT_EQ(tails.margin(alpha).below, all.margin(alpha).below);
      EXPECT_EQ(tails.margin(alpha).above, all.margin(alpha).above);
    }
  }
}

TEST(AdaptiveConformalTest, AlphaNeverPassesItsBound) {
  AdaptiveConformal state(0.8);
  double const bound = state.alpha_max(50);
  for (int i = 0; i < 50; ++i) state.update(false);
  EXPECT_NEAR(state.alpha(), bound, 1e-12);
}

TEST(ErrorsTest, MarginsOfFewErrorsExceedThem) {
  Errors const e({-1, 1, -2, 2});
  Margin const m = e.margin(0.05);
  EXPECT_LT(m.below, -2);
  EXPECT_GT(m.above, 2);
  // The margin is also finite if α is below zero.
  EXPECT_GT(e.margin(-0.3).above, m.above);
  EXPECT_LT(e.margin(-0.3).above, 20);
}

TEST(ErrorsTest, PerfectForecastsHaveNoMargin) {
  Margin const m = Errors({0, 0, 0}).margin(0.05);
  EXPECT_EQ(m.below, 0);
  EXPECT_EQ(m.above, 0);
}

// Gibbs & Candès 2021, proposition 4.1: |share of misses − α₀| ≤ (max(α₁, 1 − α₁) + γ)/(T γ) for
// every series. Here the errors grow without bound.
TEST(AdaptiveConformalTest, TheLongRunShareOfMissesIsTheTarget) {
  testing::Random random(9);
  AdaptiveConformal state(0.9);
  Errors errors({1, -1, 0.5, -0.5, 0.1, -0.1, 0.7, -0.7});
  constexpr int kSteps = 5000;
  int misses = 0;
  for (int t = 0; t < kSteps; ++t) {
    double const error = (random.uniform() - 0.5) * (1 + 0.001 * t);
    Margin const m = errors.margin(state.alpha());
    bool const miss = error < m.below || error > m.above;
    misses += int{miss};
    state.update(miss);
    errors.add(error);
  }
  EXPECT_NEAR(static_cast<double>(misses) / kSteps, 0.1, 0.02);
}

}  // namespace
}  // namespace bellwether::forecast
