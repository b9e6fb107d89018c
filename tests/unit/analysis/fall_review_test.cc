#include "analysis/fall_review.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/calendars.h"

namespace bellwether::analysis {
namespace {

using base::PeriodIndex;

constexpr int32_t kJanuary2000 = 360;
constexpr int32_t kFall = kJanuary2000 + 70;

// Ten years of months; from kFall on six in ten for `months`.
std::vector<int32_t> counts(int months) {
  std::vector<int32_t> out;
  for (int t = 0; t < 120; ++t) {
    bool const low = kJanuary2000 + t >= kFall && kJanuary2000 + t < kFall + months;
    out.push_back((low ? 600 : 1000) + t * 37 % 11);
  }
  return out;
}

FallReview review(const std::vector<int32_t>& counts, std::vector<PeriodIndex> raised,
                  const std::vector<Downturn>& downturns = {}) {
  ReviewedSeries s{
      "C", {testing::kMonths, PeriodIndex(kJanuary2000), counts, {}, {}, {}}, std::move(raised)};
  return review_falls({&s, 1}, detection::Harm::kLow, downturns);
}

TEST(FallReviewTest, AnAlertInTheFirstFourMonthsMeetsAFall) {
  auto const with_fall = counts(12);
  PeriodIndex const fall = [&] {
    for (int t = kFall - 3; t <= kFall; ++t) {
      if (review(with_fall, {PeriodIndex(t)}).all.met == 1) return PeriodIndex(t);
    }
    return PeriodIndex(0);
  }();
  ASSERT_GT(fall.value, 0);
  EXPECT_EQ(review(with_fall, {PeriodIndex(fall.value + 3)}).all.met, 1);
  EXPECT_EQ(review(with_fall, {PeriodIndex(fall.value + 4)}).all.met, 0);
  EXPECT_EQ(review(with_fall, {PeriodIndex(fall.value - 1)}).all.met, 0);
  EXPECT_EQ(review(with_fall, {}).all.falls, 1);
}

TEST(FallReviewTest, AlertsFarFromAnyFallAreOutside) {
  auto const with_fall = counts(12);
  FallReview const r =
      review(with_fall, {PeriodIndex(kFall - 20), PeriodIndex(kFall + 2), PeriodIndex(kFall + 30)});
  EXPECT_EQ(r.all.alerts, 3);
  EXPECT_EQ(r.all.outside, 2);
  EXPECT_EQ(r.series[0].outside, 2);
  EXPECT_NEAR(r.years_outside, 10 - 1.5, 0.3);
  EXPECT_EQ(review(counts(0), {PeriodIndex(kFall)}).all.outside, 1);
}

TEST(FallReviewTest, ADownturnInWhichASeriesDoesNotFallIsBelowTheCeiling) {
  std::vector<Downturn> const downturns = {{"real", kFall, kFall + 10},
                                           {"elsewhere", kFall - 40, kFall - 30},
                                           {"before the data", kJanuary2000 - 50, kJanuary2000}};
  FallReview const r = review(counts(12), {PeriodIndex(kFall + 1)}, downturns);
  EXPECT_EQ(r.pairs, 2);
  EXPECT_EQ(r.pairs_falling, 1);
  EXPECT_EQ(r.pairs_met, 1);
}

}  // namespace
}  // namespace bellwether::analysis
