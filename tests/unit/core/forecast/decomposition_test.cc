#include "core/forecast/decomposition.h"

#include <cmath>
#include <numbers>

#include "core/forecast/forecast.h"
#include "support/random.h"
#include "unit/core/forecast/reference_data.h"

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

TEST(DecompositionTest, TheSeasonIsFoundAndRemoved) {
  std::vector<double> const y = multiplied(60);
  EXPECT_TRUE(is_seasonal(y, 4));
  Season const season = classical_season(y, 4, Combine::kMultiply);
  ASSERT_EQ(season.index.size(), 4u);
  EXPECT_NEAR(season.index[0], 1.4, 0.01);
  EXPECT_NEAR(season.index[2], 0.6, 0.01);
  std::vector<double> values = y;
  season.remove(values);
  for (size_t t = 0; t < y.size(); ++t) EXPECT_NEAR(values[t], 100 + static_cast<double>(t), 1.5);
  // The same from a later period on.
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

// Miller & Williams's formula, computed by hand.
TEST(DecompositionTest, ASeasonIsShrunkByTheShareThatIsChance) {
  constexpr int kMonthsOfYear = 12;
  testing::Random random(12);
  std::vector<double> y;
  for (int t = 0; t < 120; ++t) {
    y.push_back(std::cos(2 * std::numbers::pi * t / kMonthsOfYear) + 3 * random.uniform());
  }
  Season const season = classical_season(y, kMonthsOfYear, Combine::kAdd);
  Season const drawn = shrunk(season, y);
  // Computes the detrended values from the definition.
  double squares = 0;
  for (size_t t = 6; t + 6 < y.size(); ++t) {
    double trend = (y[t - 6] + y[t + 6]) / 24;
    for (size_t i = t - 5; i <= t + 5; ++i) trend += y[i] / 12;
    squares += std::pow(y[t] - trend - season.index[t % 12], 2);
  }
  double spread = 0;
  for (double s : season.index) spread += s * s / 11;
  double const v = squares / (108 - 12) / 9;  // each month has nine values
  double const w = 9.0 / 11 * v / spread;
  EXPECT_GT(w, 0.02);
  EXPECT_LT(w, 0.5);
  for (size_t i = 0; i < 12; ++i) {
    EXPECT_NEAR(drawn.index[i], (1 - w) * season.index[i], 1e-9);
  }
}

TEST(DecompositionTest, AnExactSeasonIsNotShrunkAndNoSeasonStaysNone) {
  std::vector<double> y;
  for (int t = 0; t < 60; ++t) y.push_back(t % 5 == 0 ? 150 : 100);
  Season const season = classical_season(y, 5, Combine::kMultiply);
  Season const certain = shrunk(season, y);
  for (size_t i = 0; i < 5; ++i) EXPECT_NEAR(certain.index[i], season.index[i], 1e-9);
  EXPECT_TRUE(shrunk(Season{}, y).index.empty());
  // A season with three indices is not shrunk.
  Season const three = classical_season(y, 3, Combine::kAdd);
  EXPECT_EQ(shrunk(three, y).index, three.index);
}

TEST(DecompositionTest, ThreeSeasonsAreNeeded) {
  std::vector<double> const y = multiplied(60);
  EXPECT_FALSE(is_seasonal(Series(y).first(11), 4));
  EXPECT_TRUE(is_seasonal(Series(y).first(40), 4));
  EXPECT_FALSE(is_seasonal(y, 1));
}

TEST(DecompositionTest, AConstantHasNoSeason) {
  std::vector<double> const y(60, 1.1e9);
  EXPECT_FALSE(is_seasonal(y, 4));
}

TEST(DecompositionTest, AZeroSeasonIsNotUsedAsADivisor) {
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
    EXPECT_NEAR(f.mean[h],
                160 * (1 + 0.4 * std::cos(2 * std::numbers::pi * static_cast<double>(h) / 4)), 3);
  }
}

}  // namespace
}  // namespace bellwether::forecast
