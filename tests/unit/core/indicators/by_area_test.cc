#include "core/indicators/by_area.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/calendars.h"
#include "support/neighbourhoods.h"
#include "support/random.h"

namespace bellwether::indicators {
namespace {

using ::testing::HasSubstr;
using testing::kMonths;

class ByAreaTest : public ::testing::Test {
 protected:
  static PeriodIndex month(std::string_view name) { return testing::must(kMonths.parse(name)); }
  void count(std::string_view area, Measure measure, std::string_view period, int64_t n,
             std::string_view sector = "10") {
    Cell const cell{testing::must(reference_.areas.find(area)),
                    testing::must(reference_.sectors.find(sector)), base::SizeBand(0)};
    Delta const d{DeltaKey(cell, measure, month(period)), n};
    panel_.add({&d, 1}, [](uint32_t, Measure, PeriodIndex) {});
  }
  AreaDistribution divided(const Figure& figure, std::string_view area,
                           std::string_view period) const {
    return distribution_by_area(
        figure, panel_, {testing::must(reference_.areas.find(area)), reference::kAllSectors},
        month(period), none_late_);
  }
  std::string codes(const AreaDistribution& of) const {
    std::string out;
    for (const AreaClass& c : of.parts) out += reference_.areas.at(c.area).code + " ";
    return out;
  }

  reference::Reference const reference_ = testing::neighbourhoods();
  Panel panel_{reference_, kMonths, month("2010-01")};
  LateReports const none_late_{};
};

TEST_F(ByAreaTest, WhatNoPartHoldsIsTheUnknownClass) {
  count("A1d2", Measure::kBirths, "2019-05", 3);
  count("A2x", Measure::kBirths, "2019-05", 4);
  count("B1d1", Measure::kBirths, "2019-05", 5);
  count("R", Measure::kBirths, "2019-05", 7);
  AreaDistribution const whole = divided(Measure::kBirths, "R", "2019-05");
  EXPECT_EQ(codes(whole), "A B ");
  EXPECT_EQ(whole.parts[0].value.value, 7);
  EXPECT_EQ(whole.parts[1].value.value, 5);
  EXPECT_EQ(whole.unknown.value, 7);
  EXPECT_EQ(whole.node.value, 19);
  AreaDistribution const district = divided(Measure::kBirths, "A", "2019-05");
  EXPECT_EQ(codes(district), "A1 A2 ");
  EXPECT_EQ(district.unknown.value, 0);
}

TEST_F(ByAreaTest, TheClassesOfACountAddUp) {
  testing::Random random(20191201);
  for (int i = 0; i < 300; ++i) {
    auto const leaf = AreaId(static_cast<uint16_t>(random.below(reference_.areas.size() - 1)));
    if (reference_.areas.at(leaf).is_set) continue;
    if (!reference_.areas.at(leaf).is_leaf && leaf != reference::kRootArea) continue;
    count(reference_.areas.at(leaf).code, Measure::kDeaths, "2019-05",
          static_cast<int64_t>(random.below(9)));
  }
  for (const char* area : {"R", "A", "B", "A1", "T"}) {
    AreaDistribution const of = divided(Measure::kDeaths, area, "2019-05");
    double sum = of.unknown.value;
    for (const AreaClass& c : of.parts) sum += c.value.value;
    EXPECT_EQ(sum, of.node.value) << area;
  }
}

TEST_F(ByAreaTest, EachClassHasTheIndicatorsOwnFormula) {
  count("A1d2", Measure::kBirths, "2018-01", 400);
  count("A1d2", Measure::kSupported, "2019-03", 40);
  count("R", Measure::kBirths, "2018-01", 200);
  AreaDistribution const of = divided(Indicator::kReach, "R", "2019-05");
  EXPECT_EQ(of.parts[0].value.value, 10);
  EXPECT_EQ(of.parts[0].value.denominator, 400);
  EXPECT_EQ(of.unknown.denominator, 200);
  EXPECT_EQ(of.node.denominator, 600);
}

TEST_F(ByAreaTest, AMemberInsideAnotherOrNamedTwiceIsNoPartOfItsOwn) {
  reference::Reference r;
  r.areas = testing::must(reference::Areas::parse(
      "code,name,level,parent\nR,R,region,\nA,A,district,R\nA1,A1,ward,A\nA2,A2,ward,A\n",
      "areas.csv",
      "set,name,member,from,until\nS,S,A1,2010-01-01,2012-01-01\nS,S,A1,2014-01-01,\nS,S,A,,\n",
      "sets.csv"));
  r.sectors = testing::must(reference::Sectors::parse(testing::kWorldSectors, "sectors.csv"));
  Panel panel(r, kMonths, month("2010-01"));
  AreaDistribution const of =
      distribution_by_area(Measure::kBirths, panel, {testing::must(r.areas.find("S")), {}},
                           month("2019-05"), none_late_);
  ASSERT_EQ(of.parts.size(), 1u);
  EXPECT_EQ(r.areas.at(of.parts[0].area).code, "A");
}

TEST_F(ByAreaTest, WhatCannotBeDividedSaysWhy) {
  EXPECT_THAT(divided(Measure::kBirths, "A1d2", "2019-05").not_available,
              HasSubstr("A1d2 has no parts"));
  EXPECT_TRUE(divided(Measure::kBirths, "A1d2", "2019-05").node_is_leaf);
  EXPECT_THAT(divided(Measure::kMovesIn, "R", "2019-05").not_available,
              HasSubstr("does not add up over areas, so it has no figure by area"));
  EXPECT_THAT(divided(Indicator::kInclusionGap, "R", "2019-05").not_available,
              HasSubstr("compares places or sectors"));
}

TEST_F(ByAreaTest, TheBirthsWithoutAPlaceAreThoseOfTheLastYear) {
  EXPECT_EQ(unplaced_births(panel_, month("2019-05")).value, 0);
  count("A1d2", Measure::kBirths, "2018-06", 90);
  count("R", Measure::kBirths, "2018-05", 50);  // before
  count("R", Measure::kBirths, "2019-05", 5);
  Value const few = unplaced_births(panel_, month("2019-05"));
  EXPECT_EQ(few.numerator, 5);
  EXPECT_EQ(few.denominator, 95);
  EXPECT_FALSE(is_much_unplaced(few)) << "of too few births";
  count("A1d2", Measure::kBirths, "2018-07", 5);
  EXPECT_FALSE(is_much_unplaced(unplaced_births(panel_, month("2019-05")))) << "5 of 100";
  count("R", Measure::kBirths, "2019-04", 1);
  EXPECT_TRUE(is_much_unplaced(unplaced_births(panel_, month("2019-05")))) << "6 of 101";
}

TEST(OneAreaTest, HasNoUnknownPlaces) {
  reference::Reference r;
  r.areas = testing::must(reference::Areas::parse("code,name,level,parent\nSG,Singapore,country,\n",
                                                  "areas.csv", "", "sets.csv"));
  r.sectors = testing::must(reference::Sectors::parse(testing::kWorldSectors, "sectors.csv"));
  Panel panel(r, kMonths, PeriodIndex(0));
  Delta const d{
      DeltaKey({reference::kRootArea, testing::must(r.sectors.find("10")), base::SizeBand(0)},
               Measure::kBirths, PeriodIndex(3)),
      1000};
  panel.add({&d, 1}, [](uint32_t, Measure, PeriodIndex) {});
  EXPECT_EQ(unplaced_births(panel, PeriodIndex(5)).value, 0);
}

}  // namespace
}  // namespace bellwether::indicators
