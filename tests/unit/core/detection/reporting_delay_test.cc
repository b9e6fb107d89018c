#include "core/detection/reporting_delay.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/random.h"

namespace bellwether::detection {
namespace {

using testing::Random;

// Every period has `by_delay` events, by delay; the latest periods are not yet completely reported.
std::vector<std::vector<int32_t>> steady(size_t periods, const std::vector<int32_t>& by_delay) {
  std::vector<std::vector<int32_t>> rows(periods, by_delay);
  for (size_t age = 0; age < periods && age + 1 < by_delay.size(); ++age) {
    rows[periods - 1 - age].resize(age + 1);
  }
  return rows;
}

TEST(ReportingDelayTest, SteadyDelaysGiveTheCorrectShares) {
  // 50, 30, 15, 5 of a hundred after 0 … 3 periods.
  Completeness const c = estimate_completeness(steady(40, {50, 30, 15, 5}), {});
  EXPECT_NEAR(c.at(0), 0.50, 1e-12);
  EXPECT_NEAR(c.at(1), 0.80, 1e-12);
  EXPECT_NEAR(c.at(2), 0.95, 1e-12);
  EXPECT_NEAR(c.at(3), 1, 1e-12);
  EXPECT_EQ(c.at(100), 1);
  EXPECT_GT(c.log_variance_at(0), c.log_variance_at(1));
  EXPECT_EQ(c.log_variance_at(3), 0);
}

TEST(ReportingDelayTest, GrowthDoesNotMakeLateReportsRare) {
  // Naively, the share of early reports among all reports rises with the number of events.
  std::vector<std::vector<int32_t>> rows;
  for (int age = 39; age >= 0; --age) {
    auto const scale = static_cast<int32_t>(std::lround(10 * std::pow(1.1, 39 - age)));
    std::vector<int32_t> row = {6 * scale, 4 * scale};
    if (age == 0) row.resize(1);
    rows.push_back(row);
  }
  EXPECT_NEAR(estimate_completeness(rows, {}).at(0), 0.6, 1e-9);
}

TEST(ReportingDelayTest, OnlyTheWindowCounts) {
  std::vector<std::vector<int32_t>> rows = steady(30, {10, 90});  // slow once
  std::vector<std::vector<int32_t>> const fast = steady(27, {90, 10});
  rows.insert(rows.end(), fast.begin(), fast.end());
  EXPECT_NEAR(estimate_completeness(rows, {}).at(0), 0.9, 1e-12);
}

TEST(ReportingDelayTest, WithoutReportsEveryPeriodIsComplete) {
  EXPECT_EQ(estimate_completeness({}, {}).at(0), 1);
  EXPECT_EQ(estimate_completeness(steady(10, {0, 0}), {}).at(0), 1);
}

TEST(ReportingDelayTest, IfAllReportsAreLateTheShareIsZero) {
  Completeness const c = estimate_completeness(steady(40, {0, 20}), {});
  EXPECT_EQ(c.at(0), 0);
  EXPECT_EQ(period_state(c.at(0), {}), PeriodState::kIncomplete);
  EXPECT_TRUE(std::isfinite(c.log_variance_at(0)));
}

TEST(ReportingDelayTest, PeriodsAreTestedFromSixtyPercentAndFinalFromNinetyEight) {
  DelayOptions const options;
  EXPECT_EQ(period_state(0.59, options), PeriodState::kIncomplete);
  EXPECT_EQ(period_state(0.6, options), PeriodState::kTestable);
  EXPECT_EQ(period_state(0.979, options), PeriodState::kTestable);
  EXPECT_EQ(period_state(0.98, options), PeriodState::kFinal);
}

TEST(ReportingDelayTest, AThinnedBaselineHasThinnedVariance) {
  Baseline b;
  b.expected = 50;
  b.log_expected = std::log(50);
  b.dispersion = 2;
  b.variance_of_eta = 0.01;
  Baseline const t = thinned(b, 0.7);
  EXPECT_NEAR(t.expected, 35, 1e-12);
  EXPECT_NEAR(t.log_expected, std::log(35), 1e-12);
  EXPECT_NEAR(t.dispersion, 1.7, 1e-12);
  EXPECT_EQ(t.variance_of_eta, 0.01);
  // Seventy percent of the expected count is no deviation if seventy percent has been reported.
  EXPECT_LT(score(t, 35, Harm::kLow).z, 0.2);
  EXPECT_GT(score(b, 35, Harm::kLow).z, 1.2);
}

TEST(ReportingDelayTest, ACompletePeriodIsItsOwnNowcast) {
  Nowcast const n = nowcast(12, 1, 0, 0.95);
  EXPECT_EQ(n.expected, 12);
  EXPECT_EQ(n.lower, 12);
  EXPECT_EQ(n.upper, 12);
}

// Seeded: Poisson-like totals. Each event is reported in time with probability F.
TEST(ReportingDelayTest, NowcastIntervalsHaveTheStatedCoverage) {
  for (double share : {0.6, 0.8, 0.95}) {
    Random random(17);
    int inside = 0;
    constexpr int kTrials = 4000;
    for (int trial = 0; trial < kTrials; ++trial) {
      int const total = random.between(20, 120);
      int received = 0;
      for (int i = 0; i < total; ++i) received += int{random.chance(share)};
      Nowcast const n = nowcast(received, share, 0, 0.95);
      EXPECT_GE(n.lower, received);
      inside += int{n.lower <= total && total <= n.upper};
    }
    // Whole numbers, so the coverage is slightly above the level.
    EXPECT_GT(static_cast<double>(inside) / kTrials, 0.94) << share;
    EXPECT_LT(static_cast<double>(inside) / kTrials, 0.985) << share;
  }
}

TEST(ReportingDelayTest, AnUncertainShareWidensTheNowcast) {
  Nowcast const sure = nowcast(60, 0.7, 0, 0.95);
  Nowcast const unsure = nowcast(60, 0.7, 0.01, 0.95);
  EXPECT_GT(unsure.upper, sure.upper);
  EXPECT_GE(sure.lower, unsure.lower);
  EXPECT_NEAR(sure.expected, 60 / 0.7, 1e-9);
}

}  // namespace
}  // namespace bellwether::detection
