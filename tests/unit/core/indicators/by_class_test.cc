#include "core/indicators/by_class.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/base/text.h"
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
  ByClass divided(const Figure& figure, Division division, PeriodIndex at) const {
    return by_class(figure, division, panel_, north_, at, {});
  }
  ByClass divided(const Figure& figure, Division division) const {
    return divided(figure, division, now_);
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
  ByClass const by_form = divided(Indicator::kActiveStock, Division::kLegalForm);
  EXPECT_EQ(by_form.not_available, "");
  EXPECT_EQ(of(by_form, kPartnership).value, 200);
  EXPECT_EQ(of(by_form, kCompany).value, 60);
  EXPECT_EQ(of(by_form, 0).value, 0);
  ByClass const by_size = divided(Indicator::kActiveStock, Division::kSizeBand);
  EXPECT_EQ(of(by_size, 1).value, 200);
  EXPECT_EQ(of(by_size, 2).value, 60);
}

TEST_F(ByClassTest, ARateIsThatOfTheClass) {
  count(Measure::kBirths, "2012-01", 1000, kCompany);
  count(Measure::kBirths, "2012-01", 400, kPartnership);
  count(Measure::kSupported, "2015-03", 100, kCompany);
  count(Measure::kSupported, "2015-03", 20, kPartnership);
  ByClass const reach = divided(Indicator::kReach, Division::kLegalForm);
  EXPECT_EQ(of(reach, kCompany).value, 10);
  EXPECT_EQ(of(reach, kPartnership).value, 5);
  EXPECT_FALSE(of(reach, 0).ok()) << "no business has an unknown form";
}

TEST_F(ByClassTest, TheSpeedOfATeamIsThatOfItsResponses) {
  count(Measure::kResponse1, "2015-12", 60, 1);
  count(Measure::kResponse12, "2015-12", 60, reference::kOtherTeam);
  ByClass const median = divided(Indicator::kResponseMedian, Division::kTeam);
  ASSERT_EQ(median.classes.size(), 2u) << "this world names no teams: not stated, and other";
  EXPECT_FALSE(median.classes[0].ok());
  EXPECT_GT(median.classes[1].value, 30);
}

// A share of few enquiries reaches back as far as it must. Each class reaches as far as the node,
// so that the numerators of the classes add up to the node's.
TEST_F(ByClassTest, AllClassesHaveTheWindowOfTheNode) {
  constexpr uint8_t kBusy = reference::kOtherTeam;
  for (const char* month : {"2015-10", "2015-11", "2015-12"}) {
    count(Measure::kEnquiries, month, 120, kBusy);
    count(Measure::kEnquiriesDistress, month, 30, kBusy);
    count(Measure::kEnquiries, month, 12, 0);
    count(Measure::kEnquiriesDistress, month, 1, 0);
  }
  Value const node = compute(Indicator::kDistressShare, panel_, north_, now_);
  ByClass const shares = divided(Indicator::kDistressShare, Division::kTeam);
  ASSERT_EQ(node.window_periods, 1);
  EXPECT_EQ(shares.classes[0].numerator, 1);
  EXPECT_EQ(shares.classes[0].denominator, 12);
  EXPECT_EQ(shares.classes[1].numerator, 30);
  EXPECT_EQ(node.numerator, 31);
}

// A register that was loaded from its stock: it tells no ends, and little of earlier births.
TEST_F(ByClassTest, WhatIsNotKnownOfTheNodeIsNotKnownOfItsClasses) {
  for (int year = 2010; year <= 2015; ++year)
    count(Measure::kBirths, base::cat(year, "-06"), 100, kCompany);
  panel_.set_load(period_named("2015-06"));
  ASSERT_FALSE(panel_.is_told(Measure::kDeaths));
  for (const Value& v : divided(Measure::kDeaths, Division::kLegalForm).classes)
    EXPECT_EQ(v.not_available, kNotToldOfEnds);
  ByClass const births = divided(Measure::kBirths, Division::kLegalForm, period_named("2014-06"));
  EXPECT_EQ(of(births, kCompany).value, 100);
  EXPECT_THAT(of(births, kPartnership).not_available, HasSubstr("earlier counts are not known"));
}

TEST_F(ByClassTest, MinutesTellHowManyInteractionsTheyAreOf) {
  count(Measure::kInteractionMinutes, "2015-12", 725, 3);
  count(Measure::kInteractionsTimed, "2015-12", 2, 3);
  ByClass const minutes = divided(Measure::kInteractionMinutes, Division::kIntensity);
  EXPECT_EQ(of(minutes, 3).numerator, 725);
  EXPECT_EQ(of(minutes, 3).cases, 2);
  EXPECT_EQ(of(divided(Measure::kInteractionsTimed, Division::kIntensity), 3).cases, std::nullopt);
}

TEST_F(ByClassTest, WhatIsNotDividedSaysSo) {
  auto const why_not = [&](const Figure& figure, Division division) {
    return divided(figure, division).not_available;
  };
  EXPECT_EQ(why_not(Indicator::kSurvival3, Division::kLegalForm),
            "survival_3y is not divided by legal form");
  EXPECT_EQ(why_not(Indicator::kReach, Division::kTeam),
            "reach_12m is not divided by team, only by size band and legal form");
  EXPECT_EQ(why_not(Indicator::kInclusionGap, Division::kSizeBand),
            "inclusion_gap is not divided by size band");
  EXPECT_EQ(why_not(Indicator::kInsolvencyRate, Division::kSizeBand), "");
  EXPECT_EQ(why_not(Measure::kBirths, Division::kChannel),
            "births is not divided by channel, only by size band and legal form");
  Node const division{area("N"), sector("10")};
  ByClass const below = by_class(Measure::kBirths, Division::kSizeBand, panel_, division, now_, {});
  EXPECT_THAT(below.not_available, HasSubstr("are kept for all sectors and for sections"));
  EXPECT_TRUE(below.not_at_node);
}

TEST_F(ByClassTest, EveryDivisionOfAMeasureHasItsClasses) {
  for (const domain::MeasureInfo& m : domain::kMeasures) {
    for (const domain::DivisionInfo& by : domain::kDivisions) {
      ByClass const figures = divided(m.id, by.id);
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
