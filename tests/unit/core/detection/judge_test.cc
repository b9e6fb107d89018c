#include "core/detection/judge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/detection/multiplicity.h"
#include "core/stats/normal.h"
#include "support/calendars.h"
#include "support/random.h"

namespace bellwether::detection {
namespace {

using testing::kMonths;
using testing::kWeeks;

Assessment assessed(BySpeed average, BySpeed width = {1, 1, 1}, int points = 182) {
  Assessment a;
  a.expected = 100;
  a.speed = {average, width, points, 0};
  a.z = average[0];
  a.p = stats::normal_cdf(-a.z);
  return a;
}

std::vector<Judged> judge(const std::vector<Assessment>& all, std::optional<size_t> parent = {},
                          StatedRate rate = {}, base::Calendar calendar = kWeeks) {
  std::vector<Judged> out(all.size());
  for (size_t i = 0; i < all.size(); ++i) out[i].assessment = &all[i];
  judge_together(out, parent, rate, calendar);
  return out;
}

// Enough series that their widths are the usual ones.
std::vector<Assessment> quiet_series(size_t n) {
  return std::vector<Assessment>(n, assessed({0.1, 0, -0.2}));
}

TEST(JudgeTest, ASeriesIsHitAtItsOwnLevel) {
  double const level = StatedRate().own_level(kWeeks);
  std::vector<Assessment> all = quiet_series(kPooledSeriesMin);
  double const z = -stats::normal_quantile(level);
  all[1] = assessed({z + 0.01, z + 0.01, z + 0.01});
  all[2] = assessed({z - 0.01, z - 0.01, z - 0.01});
  // So few series that the level for all together is stricter.
  std::vector<Judged> const judged = judge(all);
  EXPECT_EQ(judged[0].hit, HitBy::kNothing);
  EXPECT_EQ(judged[1].hit, HitBy::kOwnLevel);
  EXPECT_EQ(judged[2].hit, HitBy::kNothing);
  EXPECT_LE(judged[1].p, level);
}

TEST(JudgeTest, ManySeriesThatDeviateAreHitTogether) {
  std::vector<Assessment> all = quiet_series(100);
  double const z = -stats::normal_quantile(2 * StatedRate().own_level(kWeeks));
  for (size_t i = 0; i < 50; ++i) all[i] = assessed({z, z, z});
  std::vector<Judged> const judged = judge(all);
  for (size_t i = 0; i < all.size(); ++i)
    EXPECT_EQ(judged[i].hit, i < 50 ? HitBy::kTogether : HitBy::kNothing) << i;
  std::vector<double> p;
  for (const Judged& j : judged) p.push_back(j.p);
  std::vector<double> adjusted(p.size());
  benjamini_hochberg(p, adjusted);
  for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(judged[i].p_adjusted, adjusted[i]);
}

TEST(JudgeTest, PartsInheritFromTheRegionOnlyIfTheyDeviateToo) {
  std::vector<Assessment> all = quiet_series(kPooledSeriesMin);
  all[0] = assessed({4, 4, 4});
  all[1] = assessed({kFollows + 0.01, 1.1, 0.5});
  all[2] = assessed({kFollows - 0.01, 0.4, 2});
  std::vector<Judged> const judged = judge(all, 0);
  EXPECT_EQ(judged[0].hit, HitBy::kOwnLevel);
  EXPECT_EQ(judged[1].hit, HitBy::kParent);
  EXPECT_EQ(judged[2].hit, HitBy::kNothing);
  EXPECT_EQ(judged[3].hit, HitBy::kNothing);
  for (const Judged& j : judge(all)) EXPECT_NE(j.hit, HitBy::kParent) << "without a region";
}

// The slow average remembers; a hit needs something that goes on.
TEST(JudgeTest, S1WhatIsOverIsNoHitAndIsQuiet) {
  std::vector<Judged> const judged = judge({assessed({0.2, 0.5, 12})});
  EXPECT_LT(judged[0].p, StatedRate().own_level(kWeeks));
  EXPECT_EQ(judged[0].hit, HitBy::kNothing);
  EXPECT_TRUE(judged[0].quiet());
  EXPECT_FALSE(judge({assessed({0.2, 2, 0})})[0].quiet());
}

TEST(JudgeTest, WidthsAreShrunkTowardsTheMedianOfAll) {
  std::vector<Assessment> all(20, assessed({3, 3, 3}, {1, 1.5, 2}));
  all[5] = assessed({3, 3, 3}, {1, 1.5, 8});
  all[6] = assessed({3, 3, 3}, {1, 1.5, 8}, static_cast<int>(kScalePointsMin) - 1);
  all[7] = assessed({3, 3, 3}, {0.5, 0.5, 0.5});
  std::vector<Judged> const judged = judge(all);
  EXPECT_NEAR(judged[0].score[2], 1.5, 1e-12);
  EXPECT_NEAR(judged[5].score[2], 3 / (2 * std::pow(4, 182 / (182 + kWidthPriorWeeks))), 1e-12);
  EXPECT_NEAR(judged[6].score[2], 1.5, 1e-12) << "its own width is not known";
  EXPECT_NEAR(judged[7].score[0], 3, 1e-12) << "never below 1";
  // Too few series to pool: towards what is usual in registers.
  double const own = 182 / (182 + kWidthPriorWeeks);
  EXPECT_NEAR(judge({all[0]})[0].score[2],
              3 / (std::pow(kUsualWidth[2], 1 - own) * std::pow(2, own)), 1e-12);
}

TEST(JudgeTest, AYoungSeriesHasOnlyItsOneScore) {
  Assessment young = assessed({9, 9, 9});
  young.baseline.kind = BaselineKind::kRecent;
  young.p = 1e-5;
  std::vector<Judged> const judged = judge({young});
  EXPECT_NEAR(judged[0].p / 1e-5, 1, 1e-6);
  EXPECT_EQ(judged[0].hit, HitBy::kOwnLevel);
}

TEST(JudgeTest, WhatIsNotTestedStaysSo) {
  std::vector<Assessment> const all = quiet_series(2);
  std::vector<Judged> judged(3);
  judged[0].assessment = &all[0];
  judged[2].assessment = &all[1];
  judge_together(judged, 1, {}, kWeeks);
  EXPECT_EQ(judged[1].p, 1);
  EXPECT_EQ(judged[1].p_adjusted, 1);
  EXPECT_EQ(judged[1].hit, HitBy::kNothing);
  judge_together({}, std::nullopt, {}, kWeeks);
}

TEST(JudgeTest, TheLevelsThatWereAskedAreReturned) {
  std::vector<Assessment> all = quiet_series(20);
  all[3] = assessed({9, 9, 9});
  std::vector<Judged> judged(all.size());
  for (size_t i = 0; i < all.size(); ++i) judged[i].assessment = &all[i];
  StatedRate const rate;
  Levels const levels = judge_together(judged, 3, rate, kWeeks);
  EXPECT_EQ(levels.own, rate.own_level(kWeeks));
  EXPECT_EQ(levels.together, rate.false_discovery_rate(all.size(), kWeeks));
  EXPECT_TRUE(levels.region);
  for (const Judged& j : judged) {
    EXPECT_FALSE(j.beyond(HitBy::kNothing, levels));
    if (j.hit != HitBy::kNothing) {
      EXPECT_TRUE(j.going() && j.beyond(j.hit, levels));
    }
  }
  EXPECT_TRUE(judged[3].beyond(HitBy::kOwnLevel, levels));
  EXPECT_FALSE(judge_together(judged, std::nullopt, rate, kWeeks).region);
}

TEST(JudgeTest, TheOrderOfTheSeriesDoesNotMatter) {
  testing::Random random(20261129);
  std::vector<Assessment> all;
  for (int i = 0; i < 60; ++i) {
    auto const z = [&] { return 5 * random.uniform() - 1; };
    all.push_back(assessed({z(), z(), z()}, {1 + random.uniform(), 1, 2 * random.uniform()},
                           random.between(10, 182)));
  }
  std::vector<Judged> const forward = judge(all, 3);
  std::vector<Assessment> reversed(all.rbegin(), all.rend());
  std::vector<Judged> const backward = judge(reversed, all.size() - 4);
  for (size_t i = 0; i < all.size(); ++i) {
    const Judged& other = backward[all.size() - 1 - i];
    EXPECT_EQ(forward[i].p, other.p);
    EXPECT_EQ(forward[i].p_adjusted, other.p_adjusted);
    EXPECT_EQ(forward[i].hit, other.hit);
  }
}

TEST(StatedRateTest, TheFalseDiscoveryRateFollowsFromTheStatedRate) {
  StatedRate const rate{0.05, 0.05};
  EXPECT_NEAR(rate.false_discovery_rate(51, kWeeks),
              kTogetherShare * 0.05 * 51 / kWeeks.periods_per_year(), 1e-12);
  EXPECT_EQ(rate.false_discovery_rate(5000, kWeeks), 0.05) << "the upper limit";
  EXPECT_LT(rate.own_level(kWeeks), rate.own_level(kMonths)) << "more weeks than months a year";
}

}  // namespace
}  // namespace bellwether::detection
