#include "core/detection/recalibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "core/stats/normal.h"
#include "support/random.h"

namespace bellwether::detection {
namespace {

// A series with scores of width `width` in `points` settled periods.
Assessment assessed(double width, int points = 78, double expected = 100, double z = 0) {
  Assessment a;
  a.expected = expected;
  a.width = points < static_cast<int>(kScalePointsMin) ? 1 : width;
  a.scale = std::max(1.0, a.width);
  a.scale_points = points;
  a.z = z / a.scale;
  a.p = stats::normal_cdf(-a.z);
  return a;
}

std::vector<double> normal_scores(testing::Random& random, size_t n, double sd) {
  std::vector<double> z;
  for (size_t i = 0; i < n; ++i)
    z.push_back(sd * stats::normal_quantile(std::max(1e-12, random.uniform())));
  return z;
}

// Widths that differ only by estimation error are equal: all become the median.
TEST(RecalibrationTest, WidthsThatDifferByChanceBecomeEqual) {
  testing::Random random(1);
  Recalibration r;
  for (int i = 0; i < 200; ++i) {
    std::vector<double> z = normal_scores(random, 78, 1.3);
    r.add(assessed(score_width(z)));
  }
  r.pool_widths();
  double least = 9;
  double most = 0;
  for (size_t i = 0; i < 200; ++i) {
    least = std::min(least, r.spread(i));
    most = std::max(most, r.spread(i));
  }
  EXPECT_NEAR(least, 1.3, 0.07);
  EXPECT_NEAR(most, 1.3, 0.07);
}

TEST(RecalibrationTest, WidthsThatTrulyDifferStayApart) {
  Recalibration r;
  for (int i = 0; i < 50; ++i) r.add(assessed(i % 2 == 0 ? 1.1 : 2.2));
  size_t const new_one = r.add(assessed(5, 10));
  r.pool_widths();
  EXPECT_NEAR(r.spread(0), 1.1, 0.15);
  EXPECT_NEAR(r.spread(1), 2.2, 0.15);
  EXPECT_GT(r.spread(new_one), 1.05) << "a series with too few points gets the width of the others";
}

TEST(RecalibrationTest, NoWidthIsBelowOne) {
  Recalibration r;
  for (int i = 0; i < 20; ++i) r.add(assessed(0.8));
  size_t const as_expected = r.add(assessed(0));
  r.pool_widths();
  EXPECT_EQ(r.spread(3), 1);
  EXPECT_EQ(r.spread(as_expected), 1);
}

TEST(RecalibrationTest, AFewSeriesKeepTheirOwnScale) {
  Recalibration r;
  for (size_t i = 0; i < kPooledSeriesMin - 1; ++i)
    r.add(assessed(1 + 0.2 * static_cast<double>(i), 78, 100, 3));
  r.pool_widths();
  r.pool_tails();
  for (size_t i = 0; i < kPooledSeriesMin - 1; ++i) {
    Assessment const a = assessed(1 + 0.2 * static_cast<double>(i), 78, 100, 3);
    EXPECT_DOUBLE_EQ(r.spread(i), a.scale);
    EXPECT_DOUBLE_EQ(r.p(i, a), a.p);
  }
}

// A tail that begins farther out than a normal's widens the scores of its band, up to a bound. A
// single extreme score has no further effect.
TEST(RecalibrationTest, AHeavyTailAffectsOnlyItsBand) {
  testing::Random random(2);
  Recalibration r;
  for (int i = 0; i < 40; ++i) r.add(assessed(1, 78, i % 2 == 0 ? 100 : 5));
  r.pool_widths();
  for (size_t i = 0; i < 40; ++i) {
    std::vector<double> z = normal_scores(random, 78, 1);
    if (i % 2 == 1) {
      for (double& x : z) x *= x > 1.8 ? 1.06 : 1;
    }
    if (i == 1) z[0] = z[1] = 1000;
    r.add_tail(i, z);
  }
  r.pool_tails();
  EXPECT_LT(r.spread(0), 1.05);
  EXPECT_GT(r.spread(1), r.spread(0));
  EXPECT_LE(r.spread(1), kTailFactorMax);
  Assessment const a = assessed(1, 78, 5, 3.3);
  EXPECT_DOUBLE_EQ(r.p(1, a), stats::normal_cdf(-3.3 / r.spread(1)));
}

TEST(RecalibrationTest, PastDownturnsWidenATailUpToItsBound) {
  Recalibration r;
  for (int i = 0; i < 20; ++i) r.add(assessed(1));
  r.pool_widths();
  std::vector<double> const z(78, 6);
  for (size_t i = 0; i < 20; ++i) r.add_tail(i, z);
  r.pool_tails();
  EXPECT_DOUBLE_EQ(r.spread(0), kTailFactorMax);
}

// The tail's quantile is that of the scores themselves, within the width of a bin.
TEST(RecalibrationTest, TheTailIsTakenAtTheOnePercentPoint) {
  Recalibration r;
  for (int i = 0; i < 20; ++i) r.add(assessed(1, 100));
  r.pool_widths();
  std::vector<double> z(100);
  std::iota(z.begin(), z.end(), 0);
  for (double& x : z) x = 1.5 + x / 100;  // 1.50 … 2.49: one in a hundred is above 2.48
  // Scores below kSettledTailFrom may be left out.
  for (size_t i = 0; i < 20; ++i) r.add_tail(i, std::span(z).subspan(50));
  r.pool_tails();
  EXPECT_NEAR(r.spread(0), 2.49 / -stats::normal_quantile(kTailP), 0.006);
}

TEST(RecalibrationTest, TheOrderOfTheSeriesDoesNotMatter) {
  testing::Random random(3);
  std::vector<Assessment> all;
  std::vector<std::vector<double>> settled;
  for (int i = 0; i < 60; ++i) {
    settled.push_back(normal_scores(random, 40 + random.below(40), 1 + random.uniform()));
    std::vector<double> z = settled.back();
    all.push_back(assessed(score_width(z), static_cast<int>(z.size()), 100 * random.uniform(), 4));
  }
  auto const p_of = [&](const std::vector<size_t>& order) {
    Recalibration r;
    for (size_t i : order) r.add(all[i]);
    r.pool_widths();
    for (size_t k = 0; k < order.size(); ++k) r.add_tail(k, settled[order[k]]);
    r.pool_tails();
    std::vector<double> p(all.size());
    for (size_t k = 0; k < order.size(); ++k) p[order[k]] = r.p(k, all[order[k]]);
    return p;
  };
  std::vector<size_t> order(all.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::vector<double> const first = p_of(order);
  random.shuffle(order);
  EXPECT_EQ(p_of(order), first) << "to the bit";
}

TEST(RecalibrationTest, YoungSeriesKeepTheirP) {
  Recalibration r;
  for (int i = 0; i < 20; ++i) r.add(assessed(2));
  Assessment young = assessed(1, 0, 100, 3);
  young.baseline.kind = BaselineKind::kRecent;
  size_t const n = r.add(young);
  r.pool_widths();
  r.pool_tails();
  EXPECT_EQ(r.p(n, young), young.p);
}

}  // namespace
}  // namespace bellwether::detection
