#include "core/detection/multi_speed.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/stats/normal.h"
#include "support/calendars.h"
#include "support/random.h"

namespace bellwether::detection {
namespace {

using testing::kMonths;
using testing::kWeeks;

TEST(SpeedAveragesTest, EachAverageForgetsAtItsOwnSpeed) {
  SpeedOptions const o;
  SpeedAverages averages(o);
  averages.add(2);
  BySpeed const one = averages.standardised();
  for (size_t k = 0; k < kSpeeds; ++k) {
    double const lambda = o.lambda[k];
    EXPECT_NEAR(one[k], lambda * 2 / std::sqrt(lambda / (2 - lambda)), 1e-12);
  }
  averages.add(0);
  BySpeed const two = averages.standardised();
  for (size_t k = 0; k < kSpeeds; ++k) EXPECT_NEAR(two[k], one[k] * (1 - o.lambda[k]), 1e-12);
}

TEST(SpeedAveragesTest, AScoreIsClipped) {
  SpeedOptions const o;
  SpeedAverages far(o);
  SpeedAverages at(o);
  far.add(-50);
  at.add(-o.clip);
  EXPECT_EQ(far.standardised(), at.standardised());
}

// Independent standard normal scores give averages of variance one.
TEST(SpeedAveragesTest, AveragesOfIndependentScoresHaveVarianceOne) {
  testing::Random random(7);
  SpeedAverages averages((SpeedOptions()));
  BySpeed squares{};
  constexpr int kDraws = 40'000;
  for (int i = 0; i < kDraws; ++i) {
    averages.add(stats::normal_quantile(0.5 * (random.uniform() + 1e-9) + 0.25));
    BySpeed const m = averages.standardised();
    for (size_t k = 0; k < kSpeeds; ++k) squares[k] += m[k] * m[k];
  }
  // The middle half of a normal has this variance.
  double const q = stats::normal_quantile(0.75);
  double const variance = 1 - 2 * q * std::exp(-q * q / 2) / std::sqrt(2 * M_PI) / 0.5;
  for (double s : squares) EXPECT_NEAR(s / kDraws, variance, 0.1 * variance);
}

SpeedScores scores_of(const std::vector<double>& settled, const std::vector<double>& after,
                      const SpeedOptions& o = {}) {
  SpeedScratch scratch;
  SpeedState state(o);
  for (double z : settled) state.settle(z, true, scratch);
  state.finish_settled(scratch);
  for (double z : after) state.advance(z);
  return state.scores();
}

TEST(SpeedStateTest, AWanderingSeriesIsWideAtLongMemory) {
  testing::Random random(3);
  std::vector<double> wander;
  double level = 0;
  for (int i = 0; i < 182; ++i) {
    level = 0.95 * level + 0.3 * stats::normal_quantile(random.uniform() * 0.998 + 0.001);
    wander.push_back(level + stats::normal_quantile(random.uniform() * 0.998 + 0.001));
  }
  SpeedScores const s = scores_of(wander, {});
  EXPECT_EQ(s.points, 182);
  EXPECT_GT(s.width[2], 1.3 * s.width[0]);
}

TEST(SpeedStateTest, FewSettledScoresSayNothing) {
  SpeedScores const s = scores_of(std::vector<double>(kScalePointsMin - 1, 2.0), {});
  EXPECT_EQ(s.width, (BySpeed{1, 1, 1}));
  EXPECT_EQ(s.shift, 0);
}

// A level that has stayed changed becomes the new normal; the other side is not forgiven.
TEST(SpeedStateTest, S1AHarmfulShiftThatStaysIsTakenOff) {
  SpeedScores const s = scores_of(std::vector<double>(78, 2.0), std::vector<double>(26, 2.0));
  EXPECT_NEAR(s.shift, 2.0 * 78 / (78 + SpeedOptions().location_prior), 1e-9);
  SpeedScores const plain = scores_of(std::vector<double>(78, 0.0), std::vector<double>(26, 2.0));
  for (size_t k = 0; k < kSpeeds; ++k) EXPECT_LT(s.average[k], 0.35 * plain.average[k]);
  EXPECT_EQ(scores_of(std::vector<double>(78, -2.0), {}).shift, 0);
}

TEST(CombinedPTest, EqualScoresGiveTheirOwnP) {
  for (double z : {-2.0, -0.5, 0.0, 0.5, 1.0, 2.0, 4.0, 7.0, 12.0}) {
    EXPECT_NEAR(combined_p({z, z, z}) / stats::normal_cdf(-z), 1, 1e-6) << z;
  }
}

TEST(CombinedPTest, OneStrongAverageIsPaidForThreefold) {
  for (double z : {3.0, 4.0, 6.0, 9.0}) {
    EXPECT_NEAR(combined_p({z, 0, 0}) / (3 * stats::normal_cdf(-z)), 1, 0.02) << z;
  }
  EXPECT_GT(combined_p({-9, -9, -9}), 0.999);
  EXPECT_TRUE(std::isfinite(combined_p({40, -40, 0})));
}

TEST(StatedRateTest, LevelAndRateAreInverse) {
  for (auto calendar : {kWeeks, kMonths}) {
    double before = 0;
    for (double a : {0.0005, 0.001, 0.01, 0.035, 0.05, 0.2, 1.0}) {
      double const p = level_for(a, calendar);
      EXPECT_GT(p, before);
      before = p;
      EXPECT_NEAR(false_alarms_a_year(p, calendar), a, 1e-9 + 1e-6 * a);
    }
    EXPECT_EQ(level_for(0, calendar), 0);
    EXPECT_EQ(false_alarms_a_year(0, calendar), 0);
  }
}

}  // namespace
}  // namespace bellwether::detection
