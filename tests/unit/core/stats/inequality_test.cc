#include "core/stats/inequality.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <vector>

#include "support/random.h"

namespace bellwether::stats {
namespace {

using Ten = std::array<double, 10>;

// Residents of Birmingham by decile of deprivation (2019), 2020: tests/data/english_imd.
constexpr Ten kBirmingham = {487014, 176945, 117603, 120374, 95287,
                             46873,  42085,  22875,  19659,  11810};

std::vector<PopulationClass> classes(const Ten& sizes, const Ten& cases) {
  std::vector<PopulationClass> out;
  for (size_t d = 0; d < sizes.size(); ++d) out.push_back({sizes[d], cases[d]});
  return out;
}
std::vector<PopulationClass> supported() {
  return classes(kBirmingham, {300, 150, 120, 110, 100, 60, 60, 40, 40, 20});
}

TEST(InequalityTest, FiguresOfBirmingham) {
  Ten proportional = kBirmingham;
  for (double& n : proportional) n /= 1000;
  EXPECT_NEAR(concentration_index(classes(kBirmingham, proportional))->value, 0, 1e-12);
  Ten equal;
  equal.fill(100);
  EXPECT_NEAR(concentration_index(classes(kBirmingham, equal))->value, 0.5378890423, 1e-10);
  EXPECT_NEAR(concentration_index(supported())->value, 0.1751730387, 1e-10);
  EXPECT_NEAR(share_gap(supported(), 3)->value, -0.115265, 5e-7);
  EXPECT_NEAR(1e4 * slope_index(supported())->value, 10.0669, 5e-5);
}

TEST(InequalityTest, TheIndexIsBoundedAndReversesWithTheOrder) {
  Ten first{};
  first[0] = 50;
  Ten last{};
  last[9] = 50;
  Ten ones;
  ones.fill(1000);
  EXPECT_NEAR(concentration_index(classes(ones, first))->value, -0.9, 1e-12);
  EXPECT_NEAR(concentration_index(classes(ones, last))->value, 0.9, 1e-12);
  std::vector<PopulationClass> turned = supported();
  std::reverse(turned.begin(), turned.end());
  EXPECT_NEAR(concentration_index(turned)->value, -concentration_index(supported())->value, 1e-12);
  EXPECT_NEAR(slope_index(turned)->value, -slope_index(supported())->value, 1e-12);
}

TEST(InequalityTest, SplittingAClassAndEmptyClassesChangeNothing) {
  std::vector<PopulationClass> split = supported();
  split[2] = {split[2].size / 3, split[2].cases / 3};
  split.insert(split.begin() + 2, {2 * split[2].size, 2 * split[2].cases});
  split.push_back({});
  EXPECT_NEAR(concentration_index(split)->value, concentration_index(supported())->value, 1e-12);
  EXPECT_NEAR(concentration_index(split)->variance, concentration_index(supported())->variance,
              1e-3 * concentration_index(supported())->variance);
  EXPECT_NEAR(share_gap(split, 4)->value, share_gap(supported(), 3)->value, 1e-12);
  std::vector<PopulationClass> padded = supported();
  padded.insert(padded.begin() + 5, PopulationClass{});
  EXPECT_EQ(concentration_index(padded)->value, concentration_index(supported())->value);
  EXPECT_EQ(slope_index(padded)->variance, slope_index(supported())->variance);
}

TEST(InequalityTest, WithoutPopulationOrCasesThereIsNoEstimate) {
  std::vector<PopulationClass> const none(10);
  std::vector<PopulationClass> const idle = classes(kBirmingham, Ten{});
  for (const auto& of : {none, idle}) {
    EXPECT_FALSE(concentration_index(of));
    EXPECT_FALSE(share_gap(of, 3));
    EXPECT_FALSE(log_rate_ratio(of, 3));
  }
  EXPECT_FALSE(slope_index(none));
  EXPECT_EQ(slope_index(idle)->value, 0);
  std::vector<PopulationClass> one(10);
  one[4] = {100, 3};
  EXPECT_FALSE(slope_index(one)) << "all have one rank";
  EXPECT_FALSE(log_rate_ratio(one, 3)) << "nobody lives at either end";
}

// Draws samples of the population, and compares the spread of each estimate with its variance.
TEST(InequalityTest, VariancesAreThoseOfSamples) {
  constexpr int kSamples = 2000;
  constexpr int kPeople = 4000;
  constexpr std::array<double, 4> kShares = {0.4, 0.3, 0.2, 0.1};
  constexpr std::array<double, 4> kRates = {0.05, 0.08, 0.1, 0.2};
  using Estimator = std::function<Estimate(std::span<const PopulationClass>)>;
  std::array<Estimator, 4> const estimators = {
      [](auto of) { return *concentration_index(of); }, [](auto of) { return *slope_index(of); },
      [](auto of) { return *share_gap(of, 1); }, [](auto of) { return *log_rate_ratio(of, 1); }};
  std::array<double, 4> sums{};
  std::array<double, 4> squares{};
  std::array<double, 4> variances{};
  testing::Random random(11);
  for (int s = 0; s < kSamples; ++s) {
    std::array<PopulationClass, 4> sample{};
    for (int i = 0; i < kPeople; ++i) {
      double u = random.uniform();
      size_t d = 0;
      while (d < 3 && u >= kShares[d]) u -= kShares[d++];
      sample[d].size += 1;
      sample[d].cases += random.uniform() < kRates[d];
    }
    for (size_t e = 0; e < estimators.size(); ++e) {
      Estimate const found = estimators[e](sample);
      sums[e] += found.value;
      squares[e] += found.value * found.value;
      variances[e] += found.variance;
    }
  }
  for (size_t e = 0; e < estimators.size(); ++e) {
    double const mean = sums[e] / kSamples;
    double const spread = squares[e] / kSamples - mean * mean;
    // Poisson counts vary more than these binomial ones, and cases are part of the population.
    bool const cautious = e == 1 || e == 2;
    double const ratio = variances[e] / kSamples / spread;
    EXPECT_GT(ratio, 0.88) << e;
    EXPECT_LT(ratio, cautious ? 1.25 : 1.12) << e;
  }
}

}  // namespace
}  // namespace bellwether::stats
