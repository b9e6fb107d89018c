#include "core/indicators/interval.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/stats/intervals.h"
#include "support/calendars.h"
#include "support/world.h"

namespace bellwether::indicators {
namespace {

using testing::area;
using testing::kMonths;
using testing::sector;
using testing::world;

constexpr double kLevel = 0.95;
constexpr double kZ = 1.959963984540054;
constexpr PeriodIndex kBegin(480);  // 2010-01

class IntervalTest : public ::testing::Test {
 protected:
  void count(Measure m, int month, int32_t n) {
    Delta const d{DeltaKey({area("N1"), sector("10"), base::SizeBand(0)}, m,
                           PeriodIndex(kBegin.value + month)),
                  n};
    panel_.add(std::span(&d, 1), [](uint32_t, Measure, PeriodIndex) {});
  }
  std::optional<Interval> at(Indicator i, int month) {
    PeriodIndex const period(kBegin.value + month);
    return interval(i, compute(i, panel_, node_, period), panel_, node_, period, kLevel);
  }
  void expect(Indicator i, int month, stats::Bounds bounds, double scale) {
    auto const found = at(i, month);
    ASSERT_TRUE(found) << info(i).name;
    EXPECT_NEAR(found->lower, scale * bounds.lower, 1e-9) << info(i).name;
    EXPECT_NEAR(found->upper, scale * bounds.upper, 1e-9) << info(i).name;
  }

  Panel panel_{world(), kMonths, kBegin};
  Node node_{area("N1"), sector("10")};
};

TEST_F(IntervalTest, S5_ADifferenceOfCountsIsOverTheBusinesses) {
  count(Measure::kBirths, -100, 1000);
  count(Measure::kBirths, 20, 100);
  count(Measure::kDeaths, 21, 130);
  count(Measure::kRestorations, 22, 10);
  // 1110 businesses were active at some time of the year.
  expect(Indicator::kNetBirthRate, 24, stats::poisson_difference(110, 130, kZ), 100.0 / 1110);
  expect(Indicator::kStockGrowth, 24, stats::poisson_difference(110, 130, kZ), 100.0 / 1000);
  expect(Indicator::kBirthRate, 24, stats::poisson_mean(100, kZ), 100.0 / 1110);
  count(Measure::kInsolvencies, 23, 12);
  expect(Indicator::kInsolvencyRate, 24, stats::poisson_mean(12, kZ), 1e4 / 990);
}

TEST_F(IntervalTest, S5_SharesHaveTheIntervalOfAProbability) {
  count(Measure::kBirths, -100, 400);
  count(Measure::kSupported, 20, 30);
  expect(Indicator::kReach, 24, stats::proportion(30, 400, kZ), 100);
  count(Measure::kEnquiries, 24, 120);
  count(Measure::kEnquiriesDistress, 24, 40);
  expect(Indicator::kDistressShare, 24, stats::proportion(40, 120, kZ), 100);
  count(Measure::kBirths, 2, 200);
  count(Measure::kDeathsAge0, 2, 10);
  expect(Indicator::kSurvival1, 23, stats::proportion(190, 200, kZ), 100);
}

TEST_F(IntervalTest, S5_AMomentumComparesAQuarterWithThree) {
  for (int year = 0; year < 3; ++year) count(Measure::kBirths, 12 * year + 1, 100);
  count(Measure::kBirths, 37, 70);
  expect(Indicator::kBirthMomentum, 38, stats::poisson_ratio(70, 300, kZ), 3);
}

TEST_F(IntervalTest, CasesAgainstEarlierYearsCompareAYearWithThree) {
  count(Measure::kBirths, -100, 10'000);
  for (int year = 0; year < 3; ++year) count(Measure::kInsolvencies, 12 * year + 1, 40);
  count(Measure::kInsolvencies, 37, 90);
  expect(Indicator::kInsolvencyRise, 47, stats::poisson_ratio(90, 120, kZ), 3);
  EXPECT_FALSE(at(Indicator::kInsolvencyAboveRatio, 47)) << "only a second condition";
}

TEST_F(IntervalTest, AChangeOfAShareHasNewcombesInterval) {
  count(Measure::kBirths, -100, 800);
  count(Measure::kAccountsOverdue, 12, 480);
  count(Measure::kDeaths, 20, 100);
  count(Measure::kAccountsOverdue, 24, 80);
  auto const found = at(Indicator::kAccountsOverdueRise, 24);
  ASSERT_TRUE(found);
  double const rise = 100.0 * (560.0 / 700 - 480.0 / 800);
  stats::Bounds const now = stats::proportion(560, 700, kZ);
  stats::Bounds const then = stats::proportion(480, 800, kZ);
  EXPECT_NEAR(found->lower, rise - 100 * std::hypot(0.8 - now.lower, then.upper - 0.6), 1e-9);
  EXPECT_NEAR(found->upper, rise + 100 * std::hypot(now.upper - 0.8, 0.6 - then.lower), 1e-9);
  EXPECT_LT(found->lower, rise);
}

TEST_F(IntervalTest, CompletedReferralsAreAShareOfThoseOpened) {
  count(Measure::kReferralsOpened, 20, 60);
  count(Measure::kReferralsCompletedByOpening, 20, 24);
  count(Measure::kReferralsOpened, 23, 500);
  expect(Indicator::kReferralCompletion, 24, stats::proportion(24, 60, kZ), 100);
}

// Of 100 answers the 90th percentile is somewhere between the 83rd and the 94th.
TEST_F(IntervalTest, S5_AQuantileLiesBetweenTwoQuantiles) {
  count(Measure::kResponse2, 24, 70);   // 0.5 to 1 hour
  count(Measure::kResponse12, 24, 30);  // 32 to 40 hours
  auto const found = at(Indicator::kResponseP90, 24);
  ASSERT_TRUE(found);
  stats::Bounds const p = stats::proportion(90, 100, kZ);
  EXPECT_NEAR(found->lower, 32 + 8 * (100 * p.lower - 70) / 30, 1e-9);
  EXPECT_NEAR(found->upper, 32 + 8 * (100 * p.upper - 70) / 30, 1e-9);
}

TEST_F(IntervalTest, S5_TheNumberOfBusinessesIsNoSample) {
  count(Measure::kBirths, -100, 400);
  EXPECT_FALSE(at(Indicator::kActiveStock, 24));
  EXPECT_FALSE(at(Indicator::kReach, 5)) << "no value, because the window is too long";
}

// Births that swing by more than chance make the interval wider.
TEST_F(IntervalTest, S5_TheIntervalAllowsForTheScatterOfTheCounts) {
  count(Measure::kBirths, -100, 10'000);
  for (int m = 0; m < 72; ++m) count(Measure::kBirths, m, m / 12 % 2 == 0 ? 60 : 40);
  for (int m = 0; m < 72; ++m) count(Measure::kDeaths, m, 50);
  auto const found = at(Indicator::kNetBirthRate, 71);
  ASSERT_TRUE(found);
  // (60 − 40)² over 60 + 40 + 2 × 50 in every month of the three years.
  EXPECT_NEAR(found->dispersion, 400.0 / 200, 1e-9);
  EXPECT_EQ(at(Indicator::kNetBirthRate, 20)->dispersion, 1) << "too little history";
}

}  // namespace
}  // namespace bellwether::indicators
