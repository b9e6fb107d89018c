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

TEST(CompositeTest, IndependentScoresCombineToVarianceOne) {
  std::vector<double> const z = {1, 2};
  std::vector<double> const equal = {1, 1};
  EXPECT_DOUBLE_EQ(*composite_score(z, equal, {}), 3 / std::sqrt(2));
  std::vector<double> const unequal = {1, 0.5};
  EXPECT_DOUBLE_EQ(*composite_score(z, unequal, {}), 2 / std::sqrt(1.25));
}

TEST(CompositeTest, OneScoreIsClipped) {
  std::vector<double> const weights = {1, 1};
  std::vector<double> const huge = {8, 0};
  EXPECT_DOUBLE_EQ(*composite_score(huge, weights, {}), kCompositeClip / std::sqrt(2));
}

TEST(CompositeTest, AMissingScoreDoesNotCount) {
  std::vector<double> const weights = {1, 1, 1};
  std::vector<double> const two = {1, kNotScored, 2};
  EXPECT_DOUBLE_EQ(*composite_score(two, weights, {}), 3 / std::sqrt(2));
  std::vector<double> const one = {1, kNotScored, kNotScored};
  EXPECT_FALSE(composite_score(one, weights, {}));
}

// A correlation of .5 is hardly shrunk with 10,000 periods, shrunk by half with 24, and 0 with
// none.
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

// Three correlated parts: the variance of the composite score is still one.
TEST(CompositeTest, CorrelatedScoresCombineToVarianceOne) {
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

// Scores that are always opposite would make the variance of their sum 0: the bound prevents that.
TEST(CompositeTest, OppositesDoNotMakeTheScoreInfinite) {
  ScoreCorrelation opposite;
  for (int i = 0; i < 1000; ++i) opposite.add(std::vector<double>{i % 3 - 1.0, 1.0 - i % 3});
  std::vector<double> const z = {1, 1};
  std::vector<double> const weights = {1, 1};
  EXPECT_DOUBLE_EQ(*composite_score(z, weights, opposite), 2 / std::sqrt(2 * kVarianceShareMin));
}

}  // namespace
}  // namespace bellwether::detection
