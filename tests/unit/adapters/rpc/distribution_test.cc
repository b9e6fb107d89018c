#include "adapters/rpc/distribution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "served.h"

namespace bellwether::rpc {
namespace {

namespace indicators_pb = ::bellwether::indicators::v1;
using ::testing::HasSubstr;
using Measure = ::bellwether::indicators::Measure;

constexpr uint8_t kSoleTrader = static_cast<uint8_t>(domain::LegalForm::kSoleTrader);
constexpr uint8_t kPartnership = static_cast<uint8_t>(domain::LegalForm::kPartnership);
constexpr uint8_t kCompany = static_cast<uint8_t>(domain::LegalForm::kPrivateLimitedCompany);
constexpr uint8_t kPhone = static_cast<uint8_t>(domain::Channel::kPhone);
constexpr uint8_t kWeb = static_cast<uint8_t>(domain::Channel::kWeb);

class DistributionTest : public ::testing::Test {
 protected:
  grpc::Status ask(const std::string& name, indicators_pb::Division by,
                   const std::string& sector = "", const std::string& as_of = "") {
    indicators_pb::GetDistributionRequest request;
    request.set_name(name);
    request.mutable_node()->set_area("N");
    request.mutable_node()->set_sector(sector);
    request.set_by(by);
    request.mutable_as_of()->set_period(as_of);
    grpc::ClientContext call;
    response_.Clear();
    return served_.indicators->GetDistribution(&call, request, &response_);
  }
  const indicators_pb::DistributionClass& of(const std::string& code) {
    auto const found = std::ranges::find(response_.classes(), code,
                                         [](const auto& c) { return std::string(c.code()); });
    EXPECT_NE(found, response_.classes().end()) << code;
    return *found;
  }
  void count(Measure m, const std::string& period, int32_t n, uint8_t of_class) {
    served_.count(m, period, n, "N1", "10", of_class);
  }

  Served served_;
  indicators_pb::GetDistributionResponse response_;
};

TEST_F(DistributionTest, CountsOfThePublicRegisterAreToldByLegalForm) {
  count(Measure::kBirths, "2019-05", 3, 5);
  count(Measure::kBirths, "2019-05", 1, 9);
  count(Measure::kBirths, "2019-05", 2, 0);
  served_.publish("2019-05");
  ASSERT_TRUE(ask("births", indicators_pb::DIVISION_LEGAL_FORM).ok());
  EXPECT_EQ(response_.classes_size(), 13);
  EXPECT_EQ(of("private_limited_company").display_name(), "Private limited company");
  EXPECT_EQ(of("private_limited_company").value().value(), 3);
  EXPECT_EQ(of("private_limited_company").share(), 75);
  EXPECT_EQ(of("sole_trader").value().value(), 0);
  EXPECT_EQ(of("sole_trader").decile(), 0);
  EXPECT_EQ(response_.unknown().code(), "not_stated");
  EXPECT_EQ(response_.unknown().value().value(), 2);
  EXPECT_EQ(response_.unknown().share(), 0);
  EXPECT_EQ(response_.total().value(), 6);
  EXPECT_FALSE(response_.basis().rounded());
}

TEST_F(DistributionTest, SupportIsRoundedAndSmallCountsAreWithheldWithTheNext) {
  count(Measure::kInteractions, "2019-05", 102, 1);
  count(Measure::kInteractions, "2019-05", 44, 2);
  count(Measure::kInteractions, "2019-05", 6, 3);
  served_.publish("2019-05");
  ASSERT_TRUE(ask("interactions", indicators_pb::DIVISION_CHANNEL).ok());
  EXPECT_EQ(of("phone").value().value(), 100);
  EXPECT_TRUE(of("email").suppressed()) << "6 would follow from it and the total";
  EXPECT_TRUE(of("web").suppressed());
  EXPECT_EQ(of("web").value().value(), 0);
  EXPECT_EQ(of("web").share(), 0);
  EXPECT_EQ(response_.total().value(), 150);
  EXPECT_TRUE(response_.basis().rounded());
  EXPECT_TRUE(response_.basis().suppressed());
}

// A class may be too small for a rate. Its people follow from the others and the total all the
// same.
TEST_F(DistributionTest, AClassBelowItsBaseIsAsSmallAsItIs) {
  count(Measure::kBirths, "2012-01", 2000, kCompany);
  count(Measure::kBirths, "2012-01", 500, kPartnership);
  count(Measure::kBirths, "2012-01", 60, kSoleTrader);
  count(Measure::kSupported, "2018-08", 100, kCompany);
  count(Measure::kSupported, "2018-08", 60, kPartnership);
  count(Measure::kSupported, "2018-08", 4, kSoleTrader);
  served_.publish("2019-05");
  ASSERT_TRUE(ask("reach_12m", indicators_pb::DIVISION_LEGAL_FORM).ok());
  EXPECT_EQ(of("private_limited_company").value().value(), 5);
  EXPECT_THAT(of("sole_trader").value().not_available(), HasSubstr("below"));
  EXPECT_TRUE(of("sole_trader").suppressed());
  EXPECT_TRUE(of("partnership").suppressed()) << "the 4 would follow from it and the total";
}

TEST_F(DistributionTest, AQuantileOfFewResponsesIsWithheldWithTheNext) {
  count(Measure::kResponse3, "2019-05", 60, reference::kOtherTeam);
  count(Measure::kResponse5, "2019-05", 6, 0);
  served_.publish("2019-05");
  ASSERT_TRUE(ask("first_response_median_28d", indicators_pb::DIVISION_TEAM).ok());
  EXPECT_TRUE(response_.unknown().suppressed());
  EXPECT_TRUE(of("other").suppressed());
}

// The enquiries are people, too, and here 6 of them follow from the others.
TEST_F(DistributionTest, WhatAShareDividesByIsWithheldAsWell) {
  count(Measure::kEnquiries, "2019-05", 200, reference::kOtherTeam);
  count(Measure::kEnquiriesDistress, "2019-05", 60, reference::kOtherTeam);
  count(Measure::kEnquiries, "2019-05", 6, 0);
  served_.publish("2019-05");
  ASSERT_TRUE(ask("distress_share_28d", indicators_pb::DIVISION_TEAM).ok());
  EXPECT_TRUE(of("other").suppressed());
}

// A share tells the sum of what has shares: with the total it would tell what is withheld.
TEST_F(DistributionTest, NothingHasAShareIfSomebodyIsWithheld) {
  count(Measure::kInteractions, "2019-05", 100, kPhone);
  count(Measure::kInteractions, "2019-05", 4, kWeb);
  count(Measure::kInteractions, "2019-05", 15, 0);
  count(Measure::kInteractions, "2019-04", 100, kPhone);
  count(Measure::kInteractions, "2019-04", 20, kWeb);
  served_.publish("2019-05");
  ASSERT_TRUE(ask("interactions", indicators_pb::DIVISION_CHANNEL).ok());
  EXPECT_EQ(of("phone").value().value(), 100);
  EXPECT_EQ(of("phone").share(), 0);
  EXPECT_TRUE(response_.unknown().suppressed());
  served_.publish("2019-04");
  ASSERT_TRUE(ask("interactions", indicators_pb::DIVISION_CHANNEL).ok());
  EXPECT_NEAR(of("phone").share(), 100.0 * 100 / 120, 1e-9) << "nobody is withheld here";
}

TEST_F(DistributionTest, MinutesAreWithheldByTheInteractionsTheyAreOf) {
  constexpr uint8_t kMedium = 2;
  constexpr uint8_t kIntensive = 3;
  count(Measure::kInteractionMinutes, "2019-05", 725, kIntensive);
  count(Measure::kInteractionsTimed, "2019-05", 1, kIntensive);
  count(Measure::kInteractionMinutes, "2019-05", 902, kMedium);
  count(Measure::kInteractionsTimed, "2019-05", 30, kMedium);
  count(Measure::kInteractionMinutes, "2019-05", 600, 0);
  count(Measure::kInteractionsTimed, "2019-05", 60, 0);
  served_.publish("2019-05");
  ASSERT_TRUE(ask("interaction_minutes", indicators_pb::DIVISION_INTENSITY).ok());
  EXPECT_TRUE(of("intensive").suppressed());
  EXPECT_EQ(of("intensive").value().value(), 0);
  EXPECT_TRUE(of("medium").suppressed()) << "one person's 725 would follow from it and the total";
  EXPECT_EQ(response_.unknown().value().value(), 600);
  EXPECT_EQ(response_.total().value(), 2225);
}

TEST_F(DistributionTest, PartsBelowZeroHaveNoShares) {
  count(Measure::kClassChanges, "2019-05", -3, kSoleTrader);
  count(Measure::kClassChanges, "2019-05", 3, kCompany);
  served_.publish("2019-05");
  ASSERT_TRUE(ask("class_changes", indicators_pb::DIVISION_LEGAL_FORM).ok());
  EXPECT_EQ(of("private_limited_company").value().value(), 3);
  EXPECT_EQ(of("private_limited_company").share(), 0);
}

TEST_F(DistributionTest, ThePastIsToldByClassToo) {
  count(Measure::kBirths, "2019-05", 3, 5);
  served_.publish("2019-05");
  served_.keep_view();
  count(Measure::kBirths, "2019-05", 4, 5);
  served_.publish("2019-06");
  ASSERT_TRUE(ask("active_stock", indicators_pb::DIVISION_LEGAL_FORM).ok());
  EXPECT_EQ(of("private_limited_company").value().value(), 7);
  grpc::Status const status =
      ask("active_stock", indicators_pb::DIVISION_LEGAL_FORM, "", "2019-05");
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(of("private_limited_company").value().value(), 3);
}

TEST_F(DistributionTest, BadQuestionsNameTheirField) {
  EXPECT_EQ(ask("births", indicators_pb::DIVISION_SIZE_BAND).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION)
      << "no period is complete yet";
  count(Measure::kBirths, "2019-05", 3, 5);
  served_.publish("2019-05");
  EXPECT_TRUE(ask("births", indicators_pb::DIVISION_SIZE_BAND, "C").ok());
  for (auto [name, by, sector, why] :
       {std::tuple{"births", indicators_pb::DIVISION_TEAM, "",
                   "name: births is not divided by team"},
        {"births", indicators_pb::DIVISION_SIZE_BAND, "10", "node: figures by size band are kept"},
        {"deaths_age_0", indicators_pb::DIVISION_LEGAL_FORM, "", "is not divided by legal form"},
        {"births", static_cast<indicators_pb::Division>(99), "", "by: no such division"}}) {
    grpc::Status const status = ask(name, by, sector);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << why;
    EXPECT_THAT(status.error_message(), HasSubstr(why));
  }
  EXPECT_EQ(ask("births", indicators_pb::DIVISION_DECILE).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION)
      << "this world has no deciles";
}

}  // namespace
}  // namespace bellwether::rpc
