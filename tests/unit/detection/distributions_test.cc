#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "detection/count_distribution.h"
#include "detection/multiplicity.h"
#include "detection/normal.h"

namespace bellwether::detection {
namespace {

TEST(NormalTest, TheQuantileIsTheInverseOfTheDistribution) {
  for (double p : {1e-300, 1e-16, 1e-4, 0.025, 0.3, 0.5, 0.8, 0.975, 1 - 1e-10}) {
    EXPECT_NEAR(normal_cdf(normal_quantile(p)) / p, 1, 1e-12) << p;
  }
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-15);
  EXPECT_EQ(normal_quantile(0), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(normal_quantile(1), std::numeric_limits<double>::infinity());
}

double plain_mass(const CountDistribution& d, int64_t y) {
  auto const n = static_cast<double>(y);
  if (d.dispersion == 1) return std::exp(n * std::log(d.mean) - d.mean - std::lgamma(n + 1));
  double const size = d.mean / (d.dispersion - 1);
  return std::exp(std::lgamma(n + size) - std::lgamma(size) - std::lgamma(n + 1) -
                  size * std::log(d.dispersion) + n * std::log1p(-1 / d.dispersion));
}

TEST(CountDistributionTest, TailsAreSumsOfMasses) {
  for (CountDistribution d : {CountDistribution{0.3, 1}, {7, 1}, {7, 1.4}, {60, 3}, {400, 1}, {400, 25}}) {
    double below = 0;
    for (int64_t y = 0; y < 900; ++y) {
      Tails const t = tails(d, y);
      double const at = plain_mass(d, y);
      ASSERT_NEAR(t.at, at, 1e-12 + 1e-10 * at) << d.mean << " " << d.dispersion << " " << y;
      ASSERT_NEAR(t.below, below, 1e-11);
      ASSERT_NEAR(t.below + t.at + t.above, 1, 1e-12);
      ASSERT_NEAR(t.low_mid() + t.high_mid(), 1, 1e-12);
      below += at;
    }
  }
}

TEST(CountDistributionTest, FarTailsKeepTheirDigits) {
  // Poisson(100): P(Y < 30) = 1.51e-16… by summing masses.
  CountDistribution const d{100, 1};
  double sum = 0;
  for (int64_t y = 0; y < 30; ++y) sum += plain_mass(d, y);
  EXPECT_NEAR(tails(d, 30).below / sum, 1, 1e-9);
  EXPECT_LT(sum, 1e-15);
}

TEST(CountDistributionTest, TheQuantileIsTheSmallestThatReaches) {
  for (CountDistribution d : {CountDistribution{0.3, 1}, {7, 1.4}, {60, 3}, {690, 28}}) {
    for (double p : {0.005, 0.025, 0.5, 0.975, 0.995}) {
      int64_t const q = quantile(d, p);
      Tails const t = tails(d, q);
      EXPECT_GE(t.below + t.at, p - 1e-12);
      EXPECT_LT(t.below, p);
    }
  }
}

// A thousand million a period: about normal, and a gamma distribution where it scatters most.
TEST(CountDistributionTest, HugeCountsHaveTheirTails) {
  CountDistribution const poisson{1e9, 1};
  double const deviation = std::sqrt(1e9);
  for (double z : {-3.0, -1.0, 0.0, 0.5, 2.0}) {
    auto const y = static_cast<int64_t>(1e9 + z * deviation);
    EXPECT_NEAR(tails(poisson, y).low_mid(), normal_cdf(z), 2e-5) << z;
    EXPECT_NEAR(tails(poisson, y).high_mid(), normal_cdf(-z), 2e-5) << z;
  }
  EXPECT_NEAR((static_cast<double>(quantile(poisson, 0.99)) - 1e9) / deviation, 2.3263, 1e-3);
  // Size 10: quantiles of Gamma(10, 1) are 4.1302 and 18.7831.
  CountDistribution const scattered{1e9, 1e8 + 1};
  EXPECT_NEAR(static_cast<double>(quantile(scattered, 0.01)) / 1e8, 4.1302, 1e-3);
  EXPECT_NEAR(static_cast<double>(quantile(scattered, 0.99)) / 1e8, 18.7831, 1e-3);
  // Nearly every period without an event, now and then very many.
  CountDistribution const rare{1e3, 1e6};
  EXPECT_EQ(quantile(rare, 0.5), 0);
  int64_t const q = quantile(rare, 0.999);
  EXPECT_GE(tails(rare, q).below + tails(rare, q).at, 0.999 - 1e-9);
  EXPECT_LT(tails(rare, q).below, 0.999 + 1e-9);
}

TEST(CountDistributionTest, NegativeBinomialGoesOverIntoPoisson) {
  Tails const a = tails({50, 1}, 42);
  Tails const b = tails({50, 1 + 1e-7}, 42);
  EXPECT_NEAR(a.below, b.below, 1e-5);
}

TEST(MultiplicityTest, AdjustedValuesAreThoseOfThePaperBySteps) {
  // R: p.adjust(c(0.01, 0.04, 0.03, 0.5), "BH").
  std::vector<double> const p = {0.01, 0.04, 0.03, 0.5};
  std::vector<double> q(4);
  benjamini_hochberg(p, q);
  EXPECT_NEAR(q[0], 0.04, 1e-15);
  EXPECT_NEAR(q[1], 0.04 * 4 / 3, 1e-15);
  EXPECT_NEAR(q[2], 0.04 * 4 / 3, 1e-15);
  EXPECT_NEAR(q[3], 0.5, 1e-15);
}

TEST(MultiplicityTest, WhatWasNotTestedStaysOut) {
  std::vector<double> const p = {std::nan(""), 0.01, 1.0};
  std::vector<double> q(3);
  benjamini_hochberg(p, q);
  EXPECT_EQ(q[0], 1);
  EXPECT_NEAR(q[1], 0.02, 1e-15);
}

}  // namespace
}  // namespace bellwether::detection
