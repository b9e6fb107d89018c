#include "core/indicators/by_class.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/indicators/disclosure.h"
#include "support/calendars.h"
#include "support/world.h"

namespace bellwether::indicators {
namespace {

using testing::area;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::kMonths;
using testing::sector;
using testing::world;

constexpr uint8_t kCompany = static_cast<uint8_t>(domain::LegalForm::kPrivateLimitedCompany);
constexpr uint8_t kPartnership = static_cast<uint8_t>(domain::LegalForm::kPartnership);

PeriodIndex period_named(std::string_view name) {
  return testing::must(kMonths.parse(name));
}

class ByClassTest : public ::testing::Test {
 protected:
  void count(Measure m, std::string_view period, int64_t n, uint8_t of_class, uint8_t size = 0,
             std::string_view at = "N1") {
    Delta const d{
        DeltaKey({area(at), sector("10"), base::SizeBand(size)}, m, period_named(period), of_class),
        n};
    panel_.add(std::span(&d, 1), [](uint32_t, Measure, PeriodIndex) {});
  }
  static const Value& of(const ByClass& figures, uint8_t number) {
    return figures.classes.at(number);
  }

  Panel panel_{world(), kMonths, period_named("2010-01")};
  Node const north_{area("N"), base::SectorId(0)};
  PeriodIndex const now_ = period_named("2015-12");
};

TEST_F(ByClassTest, AStockIsThatOfTheClassThatBusinessesAreInNow) {
  count(Measure::kBirths, "2012-01", 300, kPartnership, 1);
  count(Measure::kClassChanges, "2013-01", -100, kPartnership, 1);
  count(Measure::kClassChanges, "2013-01", 100, kCompany, 2);
  count(Measure::kDeaths, "2014-01", 40, kCompany, 2);
  ByClass const by_form =
      by_class(Indicator::kActiveStock, Division::kLegalForm, panel_, north_, now_, {});
  EXPECT_EQ(by_form.not_available, "");
  EXPECT_EQ(of(by_form, kPartnership).value, 200);
  EXPECT_EQ(of(by_form, kCompany).value, 60);
  EXPECT_EQ(of(by_form, 0).value, 0);
  EXPECT_EQ(by_form.node.value, 260);
  ByClass const by_size =
      by_class(Indicator::kActiveStock, Division::kSizeBand, panel_, north_, now_, {});
  EXPECT_EQ(of(by_size, 1).value, 200);
  EXPECT_EQ(of(by_size, 2).value, 60);
}

TEST_F(ByClassTest, ARateIsThatOfTheClass) {
  count(Measure::kBirths, "2012-01", 1000, kCompany);
  count(Measure::kBirths, "2012-01", 400, kPartnership);
  count(Measure::kSupported, "2015-03", 100, kCompany);
  count(Measure::kSupported, "2015-03", 20, kPartnership);
  ByClass const reach = by_class(Indicator::kReach, Division::kLegalForm, panel_, north_, now_, {});
  EXPECT_EQ(of(reach, kCompany).value, 10);
  EXPECT_EQ(of(reach, kPartnership).value, 5);
  EXPECT_FALSE(of(reach, 0).ok()) << "no business has an unknown form";
  EXPECT_NEAR(reach.node.value, 100.0 * 120 / 1400, 1e-9);
}

TEST_F(ByClassTest, TheSpeedOfATeamIsThatOfItsResponses) {
  count(Measure::kResponse1, "2015-12", 60, 1);
  count(Measure::kResponse12, "2015-12", 60, reference::kOtherTeam);
  ByClass const median =
      by_class(Indicator::kResponseMedian, Division::kTeam, panel_, north_, now_, {});
  ASSERT_EQ(median.classes.size(), 2u) << "this world names no teams: not stated, and other";
  EXPECT_FALSE(median.classes[0].ok());
  EXPECT_GT(median.classes[1].value, 30);
  EXPECT_LT(median.node.value, 1);
}

TEST_F(ByClassTest, WhatIsNotDividedSaysSo) {
  auto const why_not = [&](Indicator i, Division division) {
    return by_class(i, division, panel_, north_, now_, {}).not_available;
  };
  EXPECT_EQ(why_not(Indicator::kSurvival3, Division::kLegalForm),
            "survival_3y is not divided by legal form");
  EXPECT_EQ(why_not(Indicator::kReach, Division::kTeam), "reach_12m is not divided by team");
  EXPECT_EQ(why_not(Indicator::kInclusionGap, Division::kSizeBand),
            "inclusion_gap is not divided by size band");
  EXPECT_EQ(why_not(Indicator::kInsolvencyRate, Division::kSizeBand), "");
  EXPECT_EQ(by_class(Measure::kBirths, Division::kChannel, panel_, north_, now_).not_available,
            "births is not divided by channel");
  Node const division{area("N"), sector("10")};
  EXPECT_THAT(by_class(Measure::kBirths, Division::kSizeBand, panel_, division, now_).not_available,
              HasSubstr("are kept for all sectors and for sections"));
}

TEST_F(ByClassTest, EveryDivisionOfAMeasureHasItsClasses) {
  for (const domain::MeasureInfo& m : domain::kMeasures) {
    for (const domain::DivisionInfo& by : domain::kDivisions) {
      ByClass const figures = by_class(m.id, by.id, panel_, north_, now_);
      EXPECT_EQ(figures.not_available.empty(), domain::divides(by.id, m.id)) << m.name;
      EXPECT_EQ(figures.classes.size(),
                domain::divides(by.id, m.id) ? classes_of(by.id, world()).size() : 0u)
          << m.name;
    }
  }
}

TEST(DisclosureTest, ClassesAreWithheldUntilTheWithheldOnesAreNoSmallCount) {
  auto const of = [](std::vector<double> parts) { return withheld_classes(parts); };
  EXPECT_THAT(of({50, 40, 30}), ElementsAre(false, false, false));
  EXPECT_THAT(of({50, 40, 3}), ElementsAre(false, true, true)) << "3 is the total less the others";
  EXPECT_THAT(of({50, 40, 3, 0}), ElementsAre(false, true, true, true)) << "so it is beside a 0";
  EXPECT_THAT(of({50, 40, 6, 7}), ElementsAre(false, false, true, true));
  EXPECT_THAT(of({50, 40, 0, 0}), ElementsAre(false, false, true, true)) << "nobody is in these";
  EXPECT_THAT(of({50, 40, 0}), ElementsAre(false, false, true));
  EXPECT_THAT(of({3, 2}), ElementsAre(true, true));
  EXPECT_THAT(of({}), ElementsAre());
}

}  // namespace
}  // namespace bellwether::indicators
