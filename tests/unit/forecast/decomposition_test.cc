#include "forecast/decomposition.h"

#include <cmath>
#include <numbers>

#include "forecast/forecast.h"
#include "support/random.h"
#include "unit/forecast/reference_data.h"

namespace bellwether::forecast {
namespace {

std::vector<double> multiplied(int n) {
  std::vector<double> y;
  for (int t = 0; t < n; ++t) {
    y.push_back((100 + t) * (1 + 0.4 * std::cos(2 * std::numbers::pi * t / 4)));
  }
  return y;
}

TEST(DecompositionTest, AutocorrelationsAreThoseOfTheDefinition) {
  // Mean 2, deviations −1 0 1 0: r₁ = 0, r₂ = −½.
  std::vector<double> const r = autocorrelation(std::vector<double>{1, 2, 3, 2}, 2);
  EXPECT_NEAR(r[0], 1, 1e-12);
  EXPECT_NEAR(r[1], 0, 1e-12);
  EXPECT_NEAR(r[2], -0.5, 1e-12);
}

TEST(DecompositionTest, TheSeasonIsFoundAndTakenOff) {
  std::vector<double> const y = multiplied(60);
  EXPECT_TRUE(is_seasonal(y, 4));
  Season const season = classical_season(y, 4, Combine::kMultiply);
  ASSERT_EQ(season.index.size(), 4u);
  EXPECT_NEAR(season.index[0], 1.4, 0.01);
  EXPECT_NEAR(season.index[2], 0.6, 0.01);
  std::vector<double> values = y;
  season.remove(values);
  for (size_t t = 0; t < y.size(); ++t) EXPECT_NEAR(values[t], 100 + static_cast<double>(t), 1.5);
  // From any period on.
  season.apply(std::span(values).subspan(5), 5);
  for (size_t t = 5; t < y.size(); ++t) EXPECT_NEAR(values[t], y[t], 1e-9);
}

TEST(DecompositionTest, NoiseHasASeasonAboutOneTimeInTen) {
  testing::Random random(7);
  int found = 0;
  constexpr int kTrials = 1000;
  for (int i = 0; i < kTrials; ++i) {
    std::vector<double> y;
    for (int t = 0; t < 120; ++t) y.push_back(random.uniform());
    found += int{is_seasonal(y, 12)};
  }
  EXPECT_GT(found, kTrials * 0.04);
  EXPECT_LT(found, kTrials * 0.13);
}

TEST(DecompositionTest, ThreeSeasonsAreNeeded) {
  std::vector<double> const y = multiplied(60);
  EXPECT_FALSE(is_seasonal(Series(y).first(11), 4));
  EXPECT_TRUE(is_seasonal(Series(y).first(40), 4));
  EXPECT_FALSE(is_seasonal(y, 1));
}

TEST(DecompositionTest, AConstantHasNone) {
  std::vector<double> const y(60, 1.1e9);
  EXPECT_FALSE(is_seasonal(y, 4));
}

TEST(DecompositionTest, ASeasonWithoutAnyEventIsNotDividedBy) {
  std::vector<double> y = multiplied(40);
  for (size_t t = 1; t < y.size(); t += 4) y[t] = 0;
  EXPECT_TRUE(classical_season(y, 4, Combine::kMultiply).index.empty());
  EXPECT_EQ(classical_season(y, 4, Combine::kAdd).index.size(), 4u);
}

TEST(DecompositionTest, Naive2RepeatsTheSeason) {
  std::vector<double> const y = multiplied(60);
  Options options;
  options.method = Method::kNaive2;
  Forecast const f = forecast(y, 4, 8, options);
  for (size_t h = 0; h < 8; ++h) {
    EXPECT_NEAR(f.mean[h], 160 * (1 + 0.4 * std::cos(2 * std::numbers::pi * static_cast<double>(h) / 4)), 3);
  }
}

}  // namespace
}  // namespace bellwether::forecast
