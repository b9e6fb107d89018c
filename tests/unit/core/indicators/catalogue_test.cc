#include "core/indicators/catalogue.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "core/events/event.h"
#include "support/calendars.h"
#include "support/world.h"

namespace bellwether::indicators {
namespace {

using testing::area;
using testing::sector;
using testing::world;

using testing::kMonths;

// The month with this name, for example "2019-05".
PeriodIndex month(std::string_view name) {
  return testing::must(kMonths.parse(name));
}

std::string month_after(std::string_view name, int months) {
  return kMonths.name(PeriodIndex(month(name).value + months));
}

class CatalogueTest : public ::testing::Test {
 protected:
  void count(Measure m, std::string_view period, int32_t n, std::string_view s = "10") {
    Delta const d{DeltaKey({area("N1"), sector(s), base::SizeBand(0)}, m, month(period)), n};
    panel_.add(std::span(&d, 1), [](uint32_t, Measure, PeriodIndex) {});
  }
  Value value(Indicator i, std::string_view period) {
    return compute(i, panel_, node_, month(period));
  }

  Panel panel_{world(), kMonths, month("2010-01")};
  Node node_{area("N"), reference::kAllSectors};
};

TEST_F(CatalogueTest, NamesAndNumbersAreUnique) {
  std::set<std::string_view> names;
  for (const IndicatorInfo& i : domain::kIndicators) {
    EXPECT_TRUE(names.insert(i.name).second) << i.name;
    EXPECT_EQ(&info(i.id), &i);
    EXPECT_EQ(find_indicator(i.name), i.id);
    EXPECT_FALSE(i.formula.empty());
    EXPECT_FALSE(find_measure(i.name).has_value()) << "an indicator and a measure share a name";
  }
  for (const domain::MeasureInfo& m : domain::kMeasures)
    EXPECT_TRUE(names.insert(m.name).second) << m.name;
  EXPECT_FALSE(find_indicator("").has_value());
}

// ONS, Business demography: births or deaths ÷ businesses active at any time in the year.
TEST_F(CatalogueTest, RatesAreOverTheBusinessesActiveAtAnyTimeInTheYear) {
  count(Measure::kBirths, "2009-06", 1000);  // opening balance
  count(Measure::kBirths, "2018-03", 200);
  count(Measure::kDeaths, "2018-07", 150);
  count(Measure::kRestorations, "2018-09", 50);
  double const active = 1000 + 200 + 50;
  EXPECT_DOUBLE_EQ(value(Indicator::kActiveStock, "2018-12").value, 1100);
  EXPECT_DOUBLE_EQ(value(Indicator::kBirthRate, "2018-12").value, 100 * 200 / active);
  EXPECT_DOUBLE_EQ(value(Indicator::kDeathRate, "2018-12").value, 100 * 100 / active);
  EXPECT_DOUBLE_EQ(value(Indicator::kNetBirthRate, "2018-12").value, 100 * 100 / active);
  EXPECT_DOUBLE_EQ(value(Indicator::kChurn, "2018-12").value, 100 * 300 / active);
  EXPECT_DOUBLE_EQ(value(Indicator::kStockGrowth, "2018-12").value, 10);
  EXPECT_DOUBLE_EQ(value(Indicator::kBirthRate, "2019-06").value,
                   0);  // the births are more than 12 months ago
}

TEST_F(CatalogueTest, MomentumComparesAQuarterWithThatOfThreeEarlierYears) {
  for (std::string_view p : {"2015-02", "2016-02", "2017-02"}) count(Measure::kBirths, p, 100);
  count(Measure::kBirths, "2018-02", 70);
  EXPECT_DOUBLE_EQ(value(Indicator::kBirthMomentum, "2018-03").value, 0.7);
  EXPECT_FALSE(value(Indicator::kBirthMomentum, "2012-03").ok())
      << "three earlier years are needed";
}

TEST_F(CatalogueTest, SurvivalUsesTheCohortBornThatManyYearsAgo) {
  count(Measure::kBirths, "2015-05", 200);
  count(Measure::kDeathsAge0, "2015-05", 10);
  count(Measure::kDeathsAge1, "2015-05", 30);
  EXPECT_DOUBLE_EQ(value(Indicator::kSurvival1, "2016-12").value, 95);
  EXPECT_DOUBLE_EQ(value(Indicator::kSurvival2, "2017-12").value, 80);
  EXPECT_FALSE(value(Indicator::kSurvival1, "2018-12").ok()) << "no birth in the cohort";
  EXPECT_FALSE(value(Indicator::kSurvival5, "2015-12").ok())
      << "the cohort is older than the kept periods";
}

TEST_F(CatalogueTest, SharesBelowTheirBaseHaveNoValue) {
  count(Measure::kEnquiries, "2018-05", 9);
  count(Measure::kEnquiriesDistress, "2018-05", 3);
  count(Measure::kInteractions, "2018-05", 500);
  Value const v = value(Indicator::kDistressShare, "2018-05");
  EXPECT_FALSE(v.ok());
  EXPECT_TRUE(v.below_base);
  EXPECT_EQ(v.window_periods, 0);
  EXPECT_EQ(v.not_available, "enquiries below 10") << "the count is confidential";
  count(Measure::kEnquiries, "2018-05", 1);
  EXPECT_DOUBLE_EQ(value(Indicator::kDistressShare, "2018-05").value, 30);
  Share const s = share_in(*share_of(Indicator::kDistressShare), panel_, node_, month("2018-05"));
  EXPECT_EQ(s.numerator, 3);
  EXPECT_EQ(s.denominator, 10);
}

// A district with 22 enquiries a month, every fifth of them about distress.
TEST_F(CatalogueTest, S6_TheWindowOfTheDistressShareGrowsUntilTheCasesSuffice) {
  for (int m = 1; m <= 12; ++m) {
    std::string const name = kMonths.name(PeriodIndex(month("2017-12").value + m));
    count(Measure::kEnquiries, name, 22);
    count(Measure::kEnquiriesDistress, name, m % 5 == 0 ? 6 : 4);
  }
  auto const expect = [&](int months, double distress, double enquiries) {
    Value const v = value(Indicator::kDistressShare, "2018-12");
    EXPECT_EQ(v.window_periods, months);
    EXPECT_EQ(v.numerator, distress);
    EXPECT_EQ(v.denominator, enquiries);
    EXPECT_DOUBLE_EQ(v.value, 100 * distress / enquiries);
  };
  expect(6, 26, 132);  // three months have 66 enquiries
  count(Measure::kEnquiries, "2018-12", 34);
  expect(3, 14, 100);
  count(Measure::kEnquiries, "2018-12", 44);
  expect(3, 14, 144);  // one month has 100 enquiries, but 4 of them about distress
  count(Measure::kEnquiriesDistress, "2018-12", 6);
  expect(1, 10, 100);
}

TEST_F(CatalogueTest, S6_TheLongestWindowCountsIfNoneHasEnoughCases) {
  count(Measure::kEnquiries, "2017-06", 50);
  count(Measure::kEnquiriesDistress, "2017-06", 5);
  EXPECT_EQ(value(Indicator::kDistressShare, "2018-05").window_periods, 12);
  EXPECT_DOUBLE_EQ(value(Indicator::kDistressShare, "2018-05").value, 10);
  EXPECT_FALSE(value(Indicator::kDistressShare, "2018-06").ok()) << "more than a year ago";
  // The kept periods begin in 2010-01.
  count(Measure::kEnquiries, "2010-01", 50);
  EXPECT_EQ(value(Indicator::kDistressShare, "2010-03").window_periods, 3);
}

TEST_F(CatalogueTest, WindowsAreToldInPeriods) {
  count(Measure::kBirths, "2012-01", 500);
  EXPECT_EQ(value(Indicator::kBirthRate, "2018-05").window_periods, 12);
  EXPECT_EQ(value(Indicator::kNewCharges, "2018-05").window_periods, 3);
  EXPECT_EQ(value(Indicator::kActiveStock, "2018-05").window_periods, 1);
  auto const lengths = domain::window_lengths(Window::kGrowing, testing::kWeeks);
  EXPECT_EQ(std::vector<int>(lengths.begin(), lengths.end()), (std::vector<int>{4, 8, 13, 26, 52}));
}

TEST_F(CatalogueTest, ExactlyTheIndicatorsWithARatioDetectorAreShares) {
  for (const IndicatorInfo& entry : domain::kIndicators) {
    EXPECT_EQ(share_of(entry.id).has_value(), entry.detector == "ratio") << entry.name;
  }
}

TEST_F(CatalogueTest, ResponseTimesComeFromTheHistogram) {
  count(Measure::kResponse2, "2018-05", 50);   // 0.5 to 1 hour
  count(Measure::kResponse12, "2018-05", 50);  // 32 to 40 hours
  EXPECT_DOUBLE_EQ(value(Indicator::kResponseMedian, "2018-05").value, 1.0);
  EXPECT_DOUBLE_EQ(value(Indicator::kResponseP90, "2018-05").value, 32 + 8 * 0.8);
  count(Measure::kResponse15, "2018-05", 900);  // no upper limit: counts as its lower limit
  EXPECT_DOUBLE_EQ(value(Indicator::kResponseP90, "2018-05").value, 80);
}

TEST_F(CatalogueTest, ReachIsTheShareSupportedInTheLastYear) {
  count(Measure::kBirths, "2017-01", 400);
  count(Measure::kSupported, "2018-02", 20);
  count(Measure::kSupported, "2019-02", -20);
  EXPECT_DOUBLE_EQ(value(Indicator::kReach, "2018-12").value, 5);
  EXPECT_DOUBLE_EQ(value(Indicator::kReach, "2019-02").value, 0);
}

TEST_F(CatalogueTest, DiffusionOfFewerDivisionsThanTheMinimumHasNoValue) {
  for (std::string_view s : {"10", "11", "46", "47", "unclassified"}) {
    for (std::string_view p : {"2015-02", "2016-02", "2017-02"}) count(Measure::kBirths, p, 100, s);
  }
  count(Measure::kBirths, "2018-02", 130, "10");
  count(Measure::kBirths, "2018-02", 98, "11");
  count(Measure::kBirths, "2018-02", 60, "46");
  count(Measure::kBirths, "2018-02", 120, "47");
  EXPECT_FALSE(value(Indicator::kDiffusion, "2018-03").ok()) << "four divisions are too few";
  EXPECT_EQ(info(Indicator::kDiffusion).minimum_base, 5);
}

// No division has a momentum, and the reason is not the number of divisions.
TEST_F(CatalogueTest, S9_DiffusionWithoutEarlierYearsSaysSo) {
  for (const char* period : {"2010-03", "2011-06", "2012-12"}) {
    Value const v = value(Indicator::kDiffusion, period);
    EXPECT_EQ(v.not_available, "needs three earlier years") << period;
    EXPECT_FALSE(v.below_base) << period;
  }
}

TEST_F(CatalogueTest, RatesPerTenThousandUseTheAverageStock) {
  count(Measure::kBirths, "2015-01", 10'000);
  count(Measure::kBirths, "2018-06", 2'000);
  count(Measure::kInsolvencies, "2018-06", 55);
  count(Measure::kInsolvenciesSolvent, "2018-06", 500);  // does not count
  EXPECT_DOUBLE_EQ(value(Indicator::kInsolvencyRate, "2018-12").value, 1e4 * 55 / 11'000);
  count(Measure::kStrikeOffCompulsory, "2018-11", 24);
  EXPECT_DOUBLE_EQ(value(Indicator::kStrikeOffNotices, "2018-12").value, 20);
}

TEST_F(CatalogueTest, OverdueDocumentsAreALevelAndItsRise) {
  count(Measure::kBirths, "2015-01", 1000);
  for (int m = 1; m <= 84; ++m) {  // as many begin as end
    count(Measure::kAccountsOverdue, kMonths.name(PeriodIndex(month("2010-01").value + m)),
          m % 2 == 1 ? 4 : -4);
  }
  count(Measure::kAccountsOverdue, "2017-07", 50);
  count(Measure::kAccountsOverdue, "2018-03", 30);
  count(Measure::kConfirmationOverdue, "2018-03", 70);
  EXPECT_DOUBLE_EQ(value(Indicator::kAccountsOverdueShare, "2018-03").value, 8);
  EXPECT_DOUBLE_EQ(value(Indicator::kAccountsOverdueShare, "2018-02").value, 5);
  EXPECT_DOUBLE_EQ(value(Indicator::kConfirmationOverdueShare, "2018-03").value, 7);
  EXPECT_DOUBLE_EQ(value(Indicator::kAccountsOverdueRise, "2018-03").value, 8);
  EXPECT_DOUBLE_EQ(value(Indicator::kAccountsOverdueRise, "2018-07").value, 3);
}

// The load of a register's stock tells which accounts are overdue now, and not which were a year
// ago and are filed since.
TEST_F(CatalogueTest, TheRiseOfOverdueDocumentsIsNotKnownInTheYearAfterTheLoadOfTheStock) {
  for (int m = 0; m <= 96; ++m) count(Measure::kBirths, month_after("2010-01", m), 20);
  for (int m = 1; m <= 12; ++m) count(Measure::kAccountsOverdue, month_after("2017-01", m), 10 * m);
  panel_.set_load(month("2018-01"));
  auto const rise = [this](const char* at) { return value(Indicator::kAccountsOverdueRise, at); };
  auto const share = [this](const char* at) { return value(Indicator::kAccountsOverdueShare, at); };
  EXPECT_EQ(rise("2018-12").not_available,
            "the window begins before 2018-01, and earlier counts are not known");
  EXPECT_TRUE(share("2018-01").ok());
  EXPECT_FALSE(share("2017-12").ok());
  for (int m = 1; m <= 24; ++m) {
    count(Measure::kBirths, month_after("2018-01", m), 20);
    count(Measure::kDeaths, month_after("2018-01", m), 20);
  }
  EXPECT_FALSE(rise("2018-12").ok());
  EXPECT_TRUE(rise("2019-02").ok());
}

// A register that was loaded from its stock, before its second publication.
TEST_F(CatalogueTest, WhatAStockHasNotToldIsNotKnown) {
  for (int m = 0; m <= 96; ++m) count(Measure::kBirths, month_after("2010-01", m), 20);
  panel_.set_load(month("2018-01"));
  using enum Indicator;
  for (Indicator i : {kDeathRate, kNetBirthRate, kChurn, kSurvival1, kInsolvencyRate,
                      kInsolvencyRise, kInsolvencyAboveRatio, kStrikeOffNotices, kNewCharges,
                      kNetDirectorExits, kAccountsOverdueShare, kAccountsOverdueRise}) {
    EXPECT_EQ(value(i, "2018-01").not_available, kNotToldOfEnds) << info(i).name;
  }
  for (Indicator i : {kBirthRate, kStockGrowth}) {
    EXPECT_EQ(value(i, "2018-01").not_available,
              "the window begins before 2018-01, and earlier counts are not known")
        << info(i).name;
  }
  EXPECT_FALSE(value(kBirthMomentum, "2018-01").ok());
  EXPECT_EQ(value(kActiveStock, "2018-01").value, 20 * 97);
  EXPECT_FALSE(value(kActiveStock, "2017-12").ok());
  count(Measure::kStrikeOffCompulsory, "2018-01", 3);
  EXPECT_FALSE(value(kStrikeOffNotices, "2018-01").ok()) << "a notice of one month";
  EXPECT_TRUE(value(kStrikeOffNotices, "2018-03").ok());
}

// A rush of new referrals is no fall of the completion.
TEST_F(CatalogueTest, ReferralsAreJudgedWhenTheyHadTimeToBeCompleted) {
  count(Measure::kReferralsOpened, "2018-02", 40);
  count(Measure::kReferralsCompletedByOpening, "2018-02", 10);
  count(Measure::kReferralsOpened, "2018-05", 900);
  count(Measure::kReferralsCompleted, "2018-05", 400);
  EXPECT_DOUBLE_EQ(value(Indicator::kReferralCompletion, "2018-05").value, 25)
      << "of those opened in 2017-12 to 2018-02";
  EXPECT_DOUBLE_EQ(value(Indicator::kReferralCompletion, "2018-08").value, 0);
  EXPECT_EQ(value(Indicator::kReferralCompletion, "2018-01").not_available,
            "referrals opened below 10");
}

TEST_F(CatalogueTest, JobsAtRiskAreThoseOfAQuarter) {
  count(Measure::kJobsAtRisk, "2018-03", 120);
  count(Measure::kJobsAtRisk, "2018-05", 7);
  EXPECT_DOUBLE_EQ(value(Indicator::kJobsAtRiskQuarter, "2018-05").value, 127);
  EXPECT_DOUBLE_EQ(value(Indicator::kJobsAtRiskQuarter, "2018-06").value, 7);
}

TEST_F(CatalogueTest, HighGrowthIsAmongBusinessesWithTenOrMoreEmployees) {
  count(Measure::kTenOrMore, "2012-01", 60);
  count(Measure::kTenOrMore, "2017-01", -10);
  count(Measure::kTenOrMoreGrown, "2017-01", 5);
  EXPECT_DOUBLE_EQ(value(Indicator::kHighGrowth, "2018-05").value, 10);
}

// The rate of earlier years is over the stock of those years.
TEST_F(CatalogueTest, InsolvenciesAreComparedWithTheMeanRateOfThreeYears) {
  count(Measure::kBirths, "2010-01", 1000);
  for (std::string_view p : {"2014-06", "2015-06", "2016-06"}) count(Measure::kInsolvencies, p, 10);
  count(Measure::kBirths, "2016-12", 1000);
  count(Measure::kInsolvencies, "2017-06", 60);
  // Ten of a mean stock of 1000, 1000 and 1500, then 60 of 2000.
  double const rate = (10 / 1000.0 + 10 / 1000.0 + 10 / 1500.0) / 3;
  Value const v = value(Indicator::kInsolvencyRise, "2017-12");
  EXPECT_NEAR(v.value, 60 / (2000 * rate), 1e-12);
  EXPECT_EQ(value(Indicator::kInsolvencyRise, "2012-12").not_available,
            "needs three earlier years");
}

TEST_F(CatalogueTest, TheRateAboveIsThatOfTheAreaOrSectorThatHoldsTheNode) {
  count(Measure::kBirths, "2015-01", 1000, "10");
  count(Measure::kBirths, "2015-01", 3000, "46");
  count(Measure::kInsolvencies, "2017-06", 20, "10");
  count(Measure::kInsolvencies, "2017-06", 20, "46");
  Indicator const i = Indicator::kInsolvencyAboveRatio;
  node_ = {area("N1"), sector("10")};
  EXPECT_DOUBLE_EQ(value(i, "2017-12").value, 1) << "all of the area above is here";
  node_ = {reference::kRootArea, sector("C")};
  EXPECT_DOUBLE_EQ(value(i, "2017-12").value, 0.5) << "40 of 4000 in all sectors, 20 of 1000 here";
  node_ = {};
  EXPECT_DOUBLE_EQ(value(i, "2017-12").value, 0) << "nothing is above";
}

TEST_F(CatalogueTest, AWindowThatBeginsBeforeTheKeptPeriodsHasNoValue) {
  EXPECT_FALSE(value(Indicator::kBirthRate, "2010-06").ok());
}

}  // namespace
}  // namespace bellwether::indicators
