#include "connect/companies_house/roll.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bellwether::connect::companies_house {
namespace {

using ::testing::HasSubstr;

TEST(RollTest, ACompanyIsOnItOnce) {
  Roll roll;
  EXPECT_TRUE(roll.add(*Number::parse("1234")));
  EXPECT_FALSE(roll.add(*Number::parse("00001234")));
  EXPECT_TRUE(roll.add(*Number::parse("IP12345R")));
  EXPECT_FALSE(roll.add(*Number::parse("IP12345R")));
  EXPECT_TRUE(roll.contains(*Number::parse("00001234")));
  EXPECT_FALSE(roll.contains(*Number::parse("00001235")));
  EXPECT_EQ(roll.size(), 2);
}

TEST(CessationsTest, AUsualMonthIsBelieved) {
  EXPECT_TRUE(check_cessations({55'000, 5'700'000, 30, std::nullopt}).ok());
  EXPECT_TRUE(check_cessations({0, 0, 0, std::nullopt}).ok());
}

TEST(CessationsTest, MoreThanTwoPercentAMonthIsNot) {
  EXPECT_TRUE(check_cessations({20'000, 1'000'000, 30, std::nullopt}).ok());
  auto const many = check_cessations({20'001, 1'000'000, 30, std::nullopt});
  EXPECT_TRUE(absl::IsFailedPrecondition(many));
  EXPECT_THAT(many.ToString(), HasSubstr("20,001 of 1,000,000 companies are not in the file"));
  EXPECT_THAT(many.ToString(), HasSubstr("--accept-cessations"));
}

TEST(CessationsTest, AfterSeveralMonthsMoreAreBelieved) {
  EXPECT_TRUE(check_cessations({60'000, 1'000'000, 90, std::nullopt}).ok());
  EXPECT_FALSE(check_cessations({60'001, 1'000'000, 90, std::nullopt}).ok());
}

TEST(CessationsTest, ThreeTimesTheUsualNumberIsBelieved) {
  // 1,000 a day are 30,000 in 30 days.
  EXPECT_TRUE(check_cessations({90'000, 1'000'000, 30, 1000.0}).ok());
  auto const many = check_cessations({90'001, 1'000'000, 30, 1000.0});
  EXPECT_FALSE(many.ok());
  EXPECT_THAT(many.ToString(), HasSubstr("it would have been 30000 in as many days"));
}

TEST(CessationsTest, AFewAreAlwaysBelieved) {
  EXPECT_TRUE(check_cessations({kCessationsAlwaysMax, 150, 30, 0.0}).ok());
  EXPECT_FALSE(check_cessations({kCessationsAlwaysMax + 1, 150, 30, 0.0}).ok());
}

}  // namespace
}  // namespace bellwether::connect::companies_house
