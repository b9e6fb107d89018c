#include "core/indicators/known_from.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "core/indicators/catalogue.h"
#include "core/indicators/panel.h"
#include "support/calendars.h"
#include "support/world.h"

namespace bellwether::indicators {
namespace {

using testing::kMonths;
constexpr size_t kYear = 12;
using Counts = std::vector<int32_t>;

// `periods` counts of `n` after `before`.
Counts then(Counts before, size_t periods, int32_t n) {
  before.insert(before.end(), periods, n);
  return before;
}
Counts zeros(size_t periods) {
  return Counts(periods);
}

TEST(FirstKnownTest, CountsFromTheStartAreAllKnown) {
  EXPECT_EQ(first_known({}, kYear), 0u);
  EXPECT_EQ(first_known(zeros(100), kYear), 0u);
  EXPECT_EQ(first_known(then({}, 100, 7), kYear), 0u);
}

TEST(FirstKnownTest, NothingIsKnownBeforeTheFirstPublication) {
  EXPECT_EQ(first_known(then(zeros(40), 60, 2), kYear), 40u);
  EXPECT_EQ(first_known(then(zeros(360), 3, 1'200), kYear), 360u) << "after three periods";
  EXPECT_EQ(first_known(then(zeros(360), 2, 1'200), kYear), 0u) << "two may be chance";
}

TEST(FirstKnownTest, AnOpeningStockIsNoCount) {
  Counts stock = zeros(100);
  stock[3] = 51'322;
  EXPECT_EQ(first_known(then(stock, 6, 1'100), kYear), 100u);
  stock[20] = 17;  // others, later
  stock[40] = stock[41] = 3;
  EXPECT_EQ(first_known(then(stock, 240, 1'100), kYear), 100u);
}

TEST(FirstKnownTest, RareEventsSayNothing) {
  EXPECT_EQ(first_known(then(zeros(300), 1, 1), kYear), 0u);
  EXPECT_EQ(first_known(then(zeros(300), 1, 1'200), kYear), 0u) << "one group of firms";
  Counts rare = zeros(300);
  for (size_t t : {40u, 95u, 180u, 181u, 290u}) rare[t] = 200;
  EXPECT_EQ(first_known(rare, kYear), 0u);
}

TEST(FirstKnownTest, APauseAmidTheCountsIsACountOfZero) {
  Counts paused = then(then({}, 60, 50), 20, 0);
  EXPECT_EQ(first_known(then(paused, 60, 50), kYear), 0u) << "strike-offs were suspended";
}

TEST(FirstKnownTest, APauseStaysACountOfZeroHoweverLongTheYearsBeforeTheCounts) {
  Counts paused = then(then(then(zeros(360), 38, 31), 14, 0), 1, 31);
  for (int t = 0; t < 120; ++t) {
    EXPECT_EQ(first_known(paused, kYear), 360u) << t;
    paused.push_back(31);
  }
}

// The column of a past panel may end with zeros of later periods.
TEST(FirstKnownTest, ZerosAtTheEndSayNothing) {
  Counts counts = then(zeros(360), 3, 1'200);
  counts.insert(counts.end(), 9, 0);
  EXPECT_EQ(first_known(counts, kYear), 360u);
  Counts births = then(then({}, 480, 60), 1, 60);
  Counts deaths = then(zeros(480), 1, 50);
  births.insert(births.end(), 9, 0);
  deaths.insert(deaths.end(), 9, 0);
  EXPECT_EQ(first_with_ends(births, 0, deaths, kYear), 480u);
}

TEST(FirstKnownTest, AYearlyPublicationHasNoGap) {
  Counts yearly = zeros(120);
  for (size_t t = 2; t < yearly.size(); t += kYear) yearly[t] = 400;
  EXPECT_EQ(first_known(yearly, kYear), 0u);
}

// Property: for Poisson counts that begin with the history, hardly any period is taken for unknown,
// at any rate. (A count of zero in the first few periods may be: they are few.)
TEST(FirstKnownTest, ChanceSeldomLooksLikeAStart) {
  std::mt19937_64 random(7);
  for (double mean : {0.01, 0.05, 0.2, 0.5, 1.0, 3.0}) {
    int wrong = 0;
    constexpr int kSeries = 2'000;
    for (int i = 0; i < kSeries; ++i) {
      std::poisson_distribution<int32_t> count(mean);
      Counts series(360);
      std::ranges::generate(series, [&] { return count(random); });
      wrong += first_known(series, kYear) > 0;
    }
    EXPECT_LE(wrong, kSeries / 100) << mean;
  }
}

TEST(FirstWithEndsTest, BirthsOfSurvivorsAreNoCount) {
  // The businesses of the opening stock were born in 40 years; the first ends are told in period
  // 480, some of them a little later than they happened.
  Counts births = then(then({}, 480, 60), 24, 1'200);
  Counts deaths = then(then(zeros(478), 2, 9), 24, 500);
  EXPECT_EQ(first_with_ends(births, 0, deaths, kYear), 480u);
  births.resize(481);
  deaths.resize(481);
  EXPECT_EQ(first_with_ends(births, 0, deaths, kYear), 480u) << "at the first publication already";
  deaths = then(zeros(480), 1, 3);
  EXPECT_EQ(first_with_ends(births, 0, deaths, kYear), 0u) << "too few ends to tell";
}

TEST(FirstWithEndsTest, ARegisterWithItsEndsIsKnownFromTheStart) {
  EXPECT_EQ(first_with_ends(then({}, 200, 60), 0, then({}, 200, 40), kYear), 0u);
  EXPECT_EQ(first_with_ends(then({}, 200, 60), 0, {}, kYear), 0u) << "no business ended";
  EXPECT_EQ(first_with_ends(then({}, 200, 60), 0, then(zeros(100), 1, 1), kYear), 0u)
      << "one end says nothing";
  EXPECT_EQ(first_with_ends(then(zeros(90), 110, 60), 0, then(zeros(91), 109, 40), kYear), 0u)
      << "a month without an end may be chance";
  EXPECT_EQ(first_with_ends({}, 5'000, then(zeros(20), 60, 40), kYear), 20u)
      << "the births left the kept periods";
}

// A register of `a_month` births in each of `months`, so many of which had ended at the load.
EndsTold told_of(int months, int32_t a_month, const Counts& deaths, std::optional<size_t> load) {
  return ends_told({then({}, static_cast<size_t>(months), a_month), deaths, 0, 0}, load, kYear);
}

TEST(EndsToldTest, AStockWithoutEndsKnowsSurvivorsOnly) {
  EndsTold const loaded = told_of(97, 20, {}, 96);
  EXPECT_EQ(loaded.from, 96u);
  EXPECT_FALSE(loaded.told);
  EndsTold const before_all = ends_told({then({}, 3, 2), {}, 50'000, 0}, 20, kYear);
  EXPECT_EQ(before_all.from, 20u) << "the births left the kept periods";
}

TEST(EndsToldTest, ARegisterThatBeginsWithBirthsKeepsThem) {
  EndsTold const begun = told_of(12, 500, {}, std::nullopt);
  EXPECT_EQ(begun.from, 0u);
  EXPECT_TRUE(begun.told) << "no business is older than a year";
  EXPECT_EQ(told_of(13, 5'000, {}, 6).from, 0u) << "nor when the first months were loaded together";
  EndsTold const later = told_of(60, 500, {}, std::nullopt);
  EXPECT_EQ(later.from, 0u) << "its births were told as they happened";
  EXPECT_FALSE(later.told) << "some must have ended by now";
  EXPECT_TRUE(told_of(60, 1, {}, std::nullopt).told) << "of a few businesses, perhaps none has";
}

TEST(EndsToldTest, ADatedPastWithItsEndsIsKnownWhenItIsLoadedAtOnce) {
  EndsTold const past = told_of(97, 20, then(zeros(2), 95, 10), 96);
  EXPECT_EQ(past.from, 0u);
  EXPECT_TRUE(past.told);
}

TEST(EndsToldTest, TheFirstEndsOfASmallRegionSayThatTheStockKnewSurvivors) {
  Counts const first_ends = then(zeros(98), 1, 2);
  EXPECT_EQ(first_with_ends(then({}, 99, 20), 0, first_ends, kYear), 0u) << "too few for it alone";
  EXPECT_EQ(told_of(99, 20, first_ends, 96).from, 96u);
  EXPECT_EQ(told_of(99, 20, first_ends, std::nullopt).from, 98u) << "when the load is long ago";
  EXPECT_EQ(told_of(200, 20, then(zeros(98), 1, 1), std::nullopt).from, 0u)
      << "one end in many years is no register of ends";
}

class KnownFromTest : public ::testing::Test {
 protected:
  void count(Measure measure, std::string_view period, int n) {
    Cell const cell{testing::area("N1"), testing::sector("10"), base::SizeBand(0)};
    Delta const delta{DeltaKey(cell, measure, *kMonths.parse(period)), n};
    panel_.add({&delta, 1}, [](uint32_t, Measure, PeriodIndex) {});
  }
  void count_all(Measure measure, int32_t first, int32_t last, int n) {
    for (int32_t t = first; t <= last; ++t) count(measure, kMonths.name(PeriodIndex(t)), n);
  }
  Value value(Indicator i, std::string_view period) const {
    return compute(i, panel_, {}, *kMonths.parse(period));
  }
  PeriodIndex at(std::string_view period) const { return *kMonths.parse(period); }

  Panel panel_{testing::world(), kMonths, *kMonths.parse("1945-01")};
};

TEST_F(KnownFromTest, NoWindowBeginsBeforeTheCounts) {
  count(Measure::kBirths, "1949-12", 51'322);
  count_all(Measure::kBirths, at("1990-01").value, at("1994-12").value, 1'100);
  count_all(Measure::kDeaths, at("1990-01").value, at("1994-12").value, 900);
  EXPECT_EQ(panel_.known_from(Measure::kBirths), at("1990-01"));
  EXPECT_EQ(panel_.known_from(Measure::kChargesCreated), at("1990-01")) << "of the same register";
  EXPECT_EQ(panel_.known_from(Measure::kInteractions), at("1945-01"));
  EXPECT_EQ(value(Indicator::kBirthRate, "1990-11").not_available,
            "the window begins before 1990-01, and earlier counts are not known");
  Value const first_year = value(Indicator::kBirthRate, "1990-12");
  ASSERT_TRUE(first_year.ok());
  EXPECT_DOUBLE_EQ(first_year.value, 100 * 13'200.0 / (51'322 + 13'200));
  EXPECT_EQ(value(Indicator::kActiveStock, "1990-01").value, 51'322 + 200);
  EXPECT_FALSE(value(Indicator::kActiveStock, "1989-06").ok());
  EXPECT_EQ(value(Indicator::kBirthMomentum, "1993-02").not_available, "needs three earlier years");
  EXPECT_TRUE(value(Indicator::kBirthMomentum, "1993-03").ok());
  EXPECT_EQ(value(Indicator::kSurvival1, "1991-11").not_available,
            "the cohort begins before 1990-01, and earlier counts are not known");
  EXPECT_TRUE(value(Indicator::kSurvival1, "1991-12").ok());
}

TEST_F(KnownFromTest, FollowsTheHorizonBothWays) {
  count(Measure::kBirths, "1949-12", 51'322);
  count_all(Measure::kBirths, at("1990-01").value, at("1991-12").value, 1'100);
  panel_.advance_horizon(at("1960-01"));
  EXPECT_EQ(panel_.known_from(Measure::kBirths), at("1990-01"));
  panel_.advance_horizon(at("1991-01"));
  EXPECT_EQ(panel_.known_from(Measure::kBirths), at("1991-01"));
  panel_.retreat_horizon(at("1985-01"));
  std::vector<int64_t> recalled(72);
  std::fill(recalled.begin() + 60, recalled.end(), 1'100);
  EXPECT_EQ(panel_.known_from(Measure::kBirths), at("1991-01"));
  ASSERT_TRUE(panel_.recall(Measure::kBirths, 0, recalled));
  EXPECT_EQ(panel_.known_from(Measure::kBirths), at("1990-01"));
  EXPECT_EQ(panel_.copy().known_from(Measure::kBirths), at("1990-01"));
  EXPECT_EQ(panel_.publish()->known_from(Measure::kBirths), at("1990-01"));
}

TEST_F(KnownFromTest, TheLoadOfAStockIsTheBeginUntilTheRegisterTellsOfEnds) {
  count_all(Measure::kBirths, at("1985-01").value, at("1994-12").value, 20);
  EXPECT_EQ(panel_.known_from(Measure::kBirths), at("1985-01"));
  EXPECT_FALSE(panel_.is_told(Measure::kDeaths)) << "ten years without an end";
  EXPECT_TRUE(panel_.is_told(Measure::kBirths));
  EXPECT_TRUE(panel_.is_told(Measure::kInteractions)) << "of another source";
  panel_.set_load(at("1994-12"));
  EXPECT_EQ(panel_.known_from(Measure::kBirths), at("1994-12"));
  EXPECT_EQ(panel_.publish()->known_from(Measure::kBirths), at("1994-12"));
  EXPECT_FALSE(panel_.copy().is_told(Measure::kDeaths));
  panel_.advance_horizon(at("1990-01"));
  EXPECT_EQ(panel_.known_from(Measure::kBirths), at("1994-12"));
  panel_.retreat_horizon(at("1980-01"));
  EXPECT_EQ(panel_.known_from(Measure::kBirths), at("1994-12"));
  count(Measure::kBirths, "1995-01", 20);
  count(Measure::kDeaths, "1995-01", 15);
  EXPECT_EQ(panel_.known_from(Measure::kBirths), at("1995-01"));
  EXPECT_TRUE(panel_.is_told(Measure::kDeaths));
  panel_.set_load(std::nullopt);
  EXPECT_EQ(panel_.known_from(Measure::kBirths), at("1995-01")) << "the ends tell it themselves";
}

TEST_F(KnownFromTest, ARestoredPanelKnowsTheSame) {
  count(Measure::kBirths, "1949-12", 51'322);
  count_all(Measure::kBirths, at("1990-01").value, at("1991-12").value, 1'100);
  count_all(Measure::kDeaths, at("1990-04").value, at("1991-12").value, 900);
  Panel restored(testing::world(), kMonths, panel_.first_period());
  panel_.each([&](Measure m, size_t node, int64_t opening, const std::vector<int64_t>& counts) {
    ASSERT_TRUE(restored.restore(m, node, opening, counts));
  });
  EXPECT_EQ(panel_.known_from(Measure::kBirths), at("1990-04"));
  for (size_t m = 0; m < domain::kMeasureCount; ++m) {
    auto const measure = static_cast<Measure>(m);
    EXPECT_EQ(restored.known_from(measure), panel_.known_from(measure)) << m;
  }
}

}  // namespace
}  // namespace bellwether::indicators
