#include "core/forecast/outliers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "support/random.h"

namespace bellwether::forecast {
namespace {

// A trend and a season with noise.
std::vector<double> seasonal_counts(size_t n, uint64_t seed) {
  testing::Random random(seed);
  std::vector<double> y;
  for (size_t t = 0; t < n; ++t) {
    auto const month = static_cast<double>(t);
    double const season = 1 + 0.4 * std::sin(2 * std::numbers::pi * month / 12);
    y.push_back((200 + month) * season * (0.95 + 0.1 * random.uniform()));
  }
  return y;
}

TEST(OutliersTest, ASeriesWithoutOutliersIsKept) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    std::vector<double> const y = seasonal_counts(96, seed);
    Cleaned const c = clean(y, 12);
    EXPECT_EQ(c.fitted, y);
    EXPECT_EQ(c.known, y);
    EXPECT_EQ(c.judged, y);
  }
}

TEST(OutliersTest, AnIsolatedValueIsReplacedByItsSeasonAndNeighbours) {
  std::vector<double> const before = seasonal_counts(96, 4);
  for (size_t at : {3u, 50u, 90u}) {
    std::vector<double> y = before;
    y[at] = 1;
    Cleaned const c = clean(y, 12);
    EXPECT_NEAR(c.fitted[at], before[at], 0.2 * before[at]) << at;
    EXPECT_EQ(c.known[at], c.fitted[at]);
    EXPECT_GT(c.judged[at], 1);
    EXPECT_LT(c.judged[at], c.fitted[at]);
    // The season's slope beside it may look like another outlier, but is expected as it was.
    for (size_t t = 0; t < y.size(); ++t) EXPECT_NEAR(c.known[t], before[t], 0.2 * before[t]) << t;
  }
}

TEST(OutliersTest, TheLastValuesMayBeANewLevel) {
  std::vector<double> y = seasonal_counts(96, 5);
  y[94] *= 6;
  y[95] *= 6;
  Cleaned const c = clean(y, 12);
  EXPECT_EQ(c.known, y);
  EXPECT_EQ(c.judged, y);
  EXPECT_LT(c.fitted[95], 0.5 * y[95]);
}

TEST(OutliersTest, AShiftIsNoOutlier) {
  std::vector<double> y = seasonal_counts(96, 6);
  for (size_t t = 60; t < 96; ++t) y[t] *= 3;
  EXPECT_EQ(clean(y, 12).fitted, y);
  std::vector<double> run = seasonal_counts(96, 6);
  for (size_t t = 60; t < 60 + kHalfWindow + 1; ++t) run[t] *= 3;
  EXPECT_EQ(clean(run, 12).fitted, run);
}

TEST(OutliersTest, ManyOutliersAreTheNatureOfASeries) {
  std::vector<double> y(100, 10);
  for (size_t t = 9; t < 100; t += 16) y[t] = 500;  // six
  EXPECT_EQ(clean(y, 1).fitted, y);
  y[9] = 10;
  for (double value : clean(y, 1).fitted) EXPECT_NEAR(value, 10, 1e-9);
}

TEST(OutliersTest, ShortSeriesAndRareEventsAreKept) {
  std::vector<double> y(kOutlierLengthMin - 1, 10);
  y[7] = 500;
  EXPECT_EQ(clean(y, 1).fitted, y);
  std::vector<double> rare(60, 0);
  rare[30] = 4;
  EXPECT_EQ(clean(rare, 1).fitted, rare);
}

}  // namespace
}  // namespace bellwether::forecast
