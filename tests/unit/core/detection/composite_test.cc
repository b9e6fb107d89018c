#include "core/detection/composite.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "support/random.h"

namespace bellwether::detection {
namespace {

double normal(testing::Random& random) {
  double z = -6;
  for (int i = 0; i < 12; ++i) z += random.uniform();
  return z;
}

TEST(CompositeTest, IndependentScoresAddUpToOneOfVarianceOne) {
  std::vector<double> const z = {1, 2};
  std::vector<double> const equal = {1, 1};
  EXPECT_DOUBLE_EQ(*composite_score(z, equal, {}), 3 / std::sqrt(2));
  std::vector<double> const unequal = {1, 0.5};
  EXPECT_DOUBLE_EQ(*composite_score(z, unequal, {}), 2 / std::sqrt(1.25));
}

TEST(CompositeTest, OneScoreCountsSoMuchAndNoMore) {
  std::vector<double> const weights = {1, 1};
  std::vector<double> const huge = {8, 0};
  EXPECT_DOUBLE_EQ(*composite_score(huge, weights, {}), kCompositeClip / std::sqrt(2));
}

TEST(CompositeTest, WhatIsNotScoredDoesNotCount) {
  std::vector<double> const weights = {1, 1, 1};
  std::vector<double> const two = {1, kNotScored, 2};
  EXPECT_DOUBLE_EQ(*composite_score(two, weights, {}), 3 / std::sqrt(2));
  std::vector<double> const one = {1, kNotScored, kNotScored};
  EXPECT_FALSE(composite_score(one, weights, {}));
}

// Correlation .5 of 10,000 periods is hardly shrunk, of 24 by half; of none it is 0.
TEST(CompositeTest, TheCorrelationIsThatOfTheScoresShrunk) {
  testing::Random random(1);
  ScoreCorrelation many;
  EXPECT_EQ(many.between(0, 1), 0);
  EXPECT_EQ(many.between(1, 1), 1);
  for (int i = 0; i < 10'000; ++i) {
    double const shared = normal(random);
    std::vector<double> const z = {shared, 0.5 * shared + std::sqrt(0.75) * normal(random),
                                   kNotScored};
    many.add(z);
  }
  EXPECT_NEAR(many.between(0, 1), 0.5, 0.03);
  EXPECT_EQ(many.between(0, 1), many.between(1, 0));
  EXPECT_EQ(many.between(0, 2), 0);
  ScoreCorrelation few;
  for (int i = 0; i < 24; ++i) few.add(std::vector<double>{i % 2 - 0.5, i % 2 - 0.5});
  EXPECT_DOUBLE_EQ(few.between(0, 1), 0.5);
}

// Three correlated parts: the score's variance is one all the same.
TEST(CompositeTest, CorrelatedScoresAddUpToOneOfVarianceOne) {
  testing::Random random(2);
  std::vector<double> const weights = {1, 1, 0.5};
  auto const draw = [&] {
    double const shared = normal(random);
    std::vector<double> z;
    for (int i = 0; i < 3; ++i) z.push_back(0.8 * shared + 0.6 * normal(random));
    return z;
  };
  ScoreCorrelation correlation;
  for (int i = 0; i < 5'000; ++i) correlation.add(draw());
  double squares = 0;
  constexpr int kDraws = 20'000;
  for (int i = 0; i < kDraws; ++i)
    squares += std::pow(*composite_score(draw(), weights, correlation), 2);
  EXPECT_NEAR(squares / kDraws, 1, 0.04);
}

// Scores that always go apart would make their sum certain: that is not believed.
TEST(CompositeTest, OppositesDoNotMakeTheScoreInfinite) {
  ScoreCorrelation opposite;
  for (int i = 0; i < 1000; ++i) opposite.add(std::vector<double>{i % 3 - 1.0, 1.0 - i % 3});
  std::vector<double> const z = {1, 1};
  std::vector<double> const weights = {1, 1};
  EXPECT_DOUBLE_EQ(*composite_score(z, weights, opposite), 2 / std::sqrt(2 * kVarianceShareMin));
}

}  // namespace
}  // namespace bellwether::detection
