#include "core/stats/intervals.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/stats/counts.h"

namespace bellwether::stats {
namespace {

constexpr double kZ95 = 1.959963984540054;

// Wilson's example as many textbooks have it: 10 of 100 cases.
TEST(IntervalsTest, AProportionHasWilsonsInterval) {
  Bounds const some = proportion(10, 100, kZ95);
  EXPECT_NEAR(some.lower, 0.05523, 1e-5);
  EXPECT_NEAR(some.upper, 0.17437, 1e-5);
  Bounds const none = proportion(0, 20, kZ95);
  EXPECT_EQ(none.lower, 0);
  EXPECT_NEAR(none.upper, kZ95 * kZ95 / (20 + kZ95 * kZ95), 1e-12);
  EXPECT_EQ(proportion(20, 20, kZ95).upper, 1);
}

TEST(IntervalsTest, TheBoundsOfAMeanAreJustNotRejected) {
  for (double x : {0.0, 1.0, 10.0, 1234.0}) {
    Bounds const b = poisson_mean(x, 3);
    EXPECT_NEAR(std::pow(x - b.upper, 2) / b.upper, 9, 1e-9) << x;
    if (x == 0) continue;
    EXPECT_NEAR(std::pow(x - b.lower, 2) / b.lower, 9, 1e-9) << x;
  }
  EXPECT_EQ(poisson_mean(0, 3).lower, 0);
}

// The most likely means with a given difference, found by search instead of by the formula.
double most_likely_sum(double first, double second, double delta) {
  auto const log_likelihood = [&](double m2) {
    auto const part = [](double x, double m) { return (x > 0 ? x * std::log(m) : 0) - m; };
    return part(first, m2 + delta) + part(second, m2);
  };
  double low = std::max(0.0, -delta) + 1e-12;
  double high = first + second + std::abs(delta) + 1;
  for (int i = 0; i < 300; ++i) {
    double const a = low + (high - low) / 3;
    double const b = high - (high - low) / 3;
    (log_likelihood(a) < log_likelihood(b) ? low : high) =
        log_likelihood(a) < log_likelihood(b) ? a : b;
  }
  return 2 * low + delta;
}

TEST(IntervalsTest, TheBoundsOfADifferenceAreJustNotRejected) {
  for (auto [first, second] : {std::pair{100.0, 130.0}, {5.0, 9.0}, {40.0, 3.0}, {1.0, 1.0}}) {
    for (double z : {1.28, kZ95, 3.09}) {
      Bounds const b = poisson_difference(first, second, z);
      for (double delta : {b.lower, b.upper}) {
        double const score =
            (first - second - delta) / std::sqrt(most_likely_sum(first, second, delta));
        EXPECT_NEAR(std::abs(score), z, 1e-4) << first << " " << second << " " << delta;
      }
      EXPECT_LT(b.lower, first - second);
      EXPECT_GT(b.upper, first - second);
      Bounds const turned = poisson_difference(second, first, z);
      EXPECT_NEAR(turned.lower, -b.upper, 1e-9);
      EXPECT_NEAR(turned.upper, -b.lower, 1e-9);
    }
  }
  EXPECT_GT(poisson_difference(0, 0, 3).upper, 0);
  EXPECT_LT(poisson_difference(0, 0, 3).lower, 0);
}

TEST(IntervalsTest, ARatioIsThatOfABinomialPart) {
  Bounds const b = poisson_ratio(70, 300, kZ95);
  Bounds const p = proportion(70, 370, kZ95);
  EXPECT_NEAR(b.lower, p.lower / (1 - p.lower), 1e-12);
  EXPECT_NEAR(b.upper, p.upper / (1 - p.upper), 1e-12);
  EXPECT_TRUE(std::isinf(poisson_ratio(3, 0, kZ95).upper));
  EXPECT_TRUE(std::isinf(poisson_ratio(0, 0, kZ95).upper));
  EXPECT_EQ(poisson_ratio(0, 9, kZ95).lower, 0);
}

// The probability that the interval holds the true rate, summed over all counts.
template <class Holds>
double coverage(double first, double second, Holds holds) {
  double sum = 0;
  for (int64_t x = 0; x < 150; ++x) {
    for (int64_t y = 0; y < 150; ++y) {
      if (!holds(static_cast<double>(x), static_cast<double>(y))) continue;
      sum += probability({first, 1}, x) * probability({second, 1}, y);
    }
  }
  return sum;
}

TEST(IntervalsTest, TheIntervalsHoldTheTrueRateAsOftenAsTheySay) {
  for (const auto& means : {std::pair{60.0, 60.0}, {20.0, 35.0}, {50.0, 8.0}}) {
    double const first = means.first;
    double const second = means.second;
    double const difference = coverage(first, second, [&](double x, double y) {
      Bounds const b = poisson_difference(x, y, kZ95);
      return b.lower <= first - second && first - second <= b.upper;
    });
    EXPECT_NEAR(difference, 0.95, 0.008) << first << " " << second;
    double const ratio = coverage(first, second, [&](double x, double y) {
      Bounds const b = poisson_ratio(x, y, kZ95);
      return b.lower <= first / second && first / second <= b.upper;
    });
    EXPECT_NEAR(ratio, 0.95, 0.012) << first << " " << second;
  }
}

}  // namespace
}  // namespace bellwether::stats
