#include "core/domain/indicators.h"

#include <gtest/gtest.h>

#include "core/base/display.h"

namespace bellwether::domain {
namespace {

TEST(IndicatorsTest, AnIndicatorDependsOnTheTopicsOfItsTerms) {
  EXPECT_EQ(topics(Indicator::kBirthRate), TopicSet(Topic::kRegistrations));
  EXPECT_EQ(topics(Indicator::kActiveStock), TopicSet(Topic::kRegistrations));
  EXPECT_EQ(topics(Indicator::kDistressShare), TopicSet(Topic::kSupport));
  EXPECT_EQ(topics(Indicator::kResponseP90), TopicSet(Topic::kSupport));
  EXPECT_EQ(topics(Indicator::kReach), Topic::kRegistrations | Topic::kSupport)
      << "supported businesses ÷ stock of the register";
}

TEST(IndicatorsTest, AnIndicatorIsAsConfidentialAsItsMostConfidentialTerm) {
  for (const IndicatorInfo& i : kIndicators) {
    EXPECT_EQ(privacy(i.id) == Privacy::kPeople, topics(i.id).contains(Topic::kSupport)) << i.name;
  }
  EXPECT_EQ(privacy(Indicator::kReach), Privacy::kPeople);
  EXPECT_EQ(privacy(Indicator::kBirthRate), Privacy::kPublic);
}

TEST(IndicatorsTest, OnlyASumOverASumIsAShare) {
  EXPECT_TRUE(is_share(info(Indicator::kDistressShare)));
  EXPECT_EQ(numerator(Indicator::kDistressShare), Measure::kEnquiriesDistress);
  EXPECT_EQ(denominator(Indicator::kDistressShare), Measure::kEnquiries);
  EXPECT_FALSE(is_share(info(Indicator::kReach))) << "its parts are levels";
  EXPECT_FALSE(is_share(info(Indicator::kNetBirthRate)));
  EXPECT_FALSE(is_share(info(Indicator::kActiveStock)));
  EXPECT_FALSE(is_share(info(Indicator::kBirthMomentum)));
}

TEST(IndicatorsTest, SurvivalSubtractsTheDeathsOfEachYearFromTheBirths) {
  Formula const two = survival(2);
  EXPECT_EQ(two.parameter, 2);
  EXPECT_EQ(two.numerator[0].measure, Measure::kBirths);
  EXPECT_EQ(two.numerator[2].measure, Measure::kDeathsAge1);
  EXPECT_EQ(two.numerator[2].coefficient, -1);
  EXPECT_EQ(two.numerator[3].coefficient, 0);
  EXPECT_EQ(survival(kSurvivalYearsMax).numerator[kSurvivalYearsMax].measure, Measure::kDeathsAge4);
}

// "-8.66" alone does not say what it is.
TEST(UnitTest, EveryUnitExceptACountHasWords) {
  for (const IndicatorInfo& i : kIndicators) {
    EXPECT_EQ(base::unit_suffix(i.unit).empty(), i.unit == "count") << i.name;
  }
}

}  // namespace
}  // namespace bellwether::domain
