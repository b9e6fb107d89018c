#include "adapters/rpc/privacy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served.h"

namespace bellwether::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Measure = ::bellwether::indicators::Measure;

class PrivacyTest : public ::testing::Test {
 protected:
  bellwether::indicators::v1::GetIndicatorResponse get(const std::string& name) {
    grpc::ClientContext call;
    bellwether::indicators::v1::GetIndicatorRequest request;
    request.set_name(name);
    bellwether::indicators::v1::GetIndicatorResponse response;
    grpc::Status const status = served_.indicators->GetIndicator(&call, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  void expect_withheld(const std::string& name) {
    auto const response = get(name);
    const auto& v = response.value();
    EXPECT_FALSE(v.not_available().empty()) << name;
    EXPECT_EQ(v.value(), 0) << name;
    EXPECT_EQ(v.numerator(), 0) << name;
    EXPECT_EQ(v.denominator(), 0) << name;
    EXPECT_EQ(v.window_periods(), 0) << name;
    EXPECT_THAT(v.not_available(), Not(HasSubstr("7"))) << name;
    EXPECT_THAT(v.not_available(), Not(HasSubstr("3"))) << name;
    EXPECT_TRUE(response.basis().suppressed()) << name;
  }
  Served served_;
};

TEST_F(PrivacyTest, ABaseTooSmallForAValueIsHiddenToo) {
  served_.count(Measure::kInteractions, "2019-05", 7);
  served_.count(Measure::kInteractionsDistress, "2019-05", 3);
  served_.count(Measure::kEnquiries, "2019-05", 7);
  served_.count(Measure::kEnquiriesDistress, "2019-05", 3);
  served_.count(Measure::kResponse2, "2019-05", 7);
  served_.count(Measure::kBirths, "2018-01", 73);
  served_.count(Measure::kSupported, "2019-05", 7);
  served_.publish("2019-05");
  for (const char* name :
       {"distress_share_28d", "first_response_p90_28d", "first_response_median_28d", "reach_12m",
        "interactions", "interactions_distress", "enquiries", "enquiries_distress"}) {
    expect_withheld(name);
  }
}

TEST_F(PrivacyTest, NoneAndNineLookTheSame) {
  served_.publish("2019-05");
  auto const none = get("distress_share_28d");
  served_.count(Measure::kEnquiries, "2019-05", 9);
  served_.publish("2019-05");
  auto const nine = get("distress_share_28d");
  EXPECT_EQ(none.value().SerializeAsString(), nine.value().SerializeAsString());
  EXPECT_EQ(none.basis().suppressed(), nine.basis().suppressed());
}

TEST_F(PrivacyTest, ASmallPartOfALargeBaseIsWithheldAndTheRestIsRounded) {
  served_.count(Measure::kEnquiries, "2019-05", 102);
  served_.count(Measure::kEnquiriesDistress, "2019-05", 7);
  served_.publish("2019-05");
  expect_withheld("distress_share_28d");
  served_.count(Measure::kEnquiriesDistress, "2019-05", 16);
  served_.publish("2019-05");
  auto const response = get("distress_share_28d");
  EXPECT_EQ(response.value().numerator(), 25);
  EXPECT_EQ(response.value().denominator(), 100);
  EXPECT_DOUBLE_EQ(response.value().value(), 25);
  EXPECT_EQ(response.value().window_periods(), 1);
  EXPECT_TRUE(response.basis().rounded());
}

// 24.999999999999996 and 25 would tell 23 and 27 cases apart.
TEST_F(PrivacyTest, TheLastBitsOfARoundedShareDoNotTellTheCount) {
  served_.count(Measure::kEnquiries, "2019-05", 102);
  served_.count(Measure::kEnquiriesDistress, "2019-05", 22);
  for (int i = 23; i <= 27; ++i) {
    served_.count(Measure::kEnquiriesDistress, "2019-05", 1);
    served_.publish("2019-05");
    EXPECT_EQ(get("distress_share_28d").value().value(), 25) << i;
  }
}

TEST_F(PrivacyTest, S6_AShareOfASmallDeskIsShownWithItsWindow) {
  for (const char* month : {"2018-12", "2019-01", "2019-02", "2019-03", "2019-04", "2019-05"}) {
    served_.count(Measure::kEnquiries, month, 22);
    served_.count(Measure::kEnquiriesDistress, month, 4);
  }
  served_.publish("2019-05");
  auto const response = get("distress_share_28d");
  EXPECT_EQ(response.value().not_available(), "");
  EXPECT_EQ(response.value().window_periods(), 6);
  EXPECT_EQ(response.value().numerator(), 25);
  EXPECT_EQ(response.value().denominator(), 130);
}

// A measure covers one period. The catalogue tells the shortest and the longest window.
TEST_F(PrivacyTest, S6_TheCatalogueTellsTheLengthsOfAGrowingWindow) {
  served_.publish("2019-05");
  EXPECT_EQ(get("births").value().window_periods(), 1);
  grpc::ClientContext call;
  bellwether::indicators::v1::ListIndicatorsResponse catalogue;
  ASSERT_TRUE(served_.indicators->ListIndicators(&call, {}, &catalogue).ok());
  for (const auto& entry : catalogue.indicators()) {
    bool const grows = entry.name() == "indicators/distress_share_28d";
    EXPECT_EQ(entry.window_periods_max(), grows ? 12 : entry.window_periods()) << entry.name();
    EXPECT_GE(entry.window_periods(), 1) << entry.name();
  }
}

TEST_F(PrivacyTest, PublicCountsAreShownInFull) {
  served_.count(Measure::kBirths, "2018-01", 7);
  served_.publish("2019-05");
  auto const response = get("birth_rate_12m");
  EXPECT_EQ(response.value().denominator(), 7);
  EXPECT_THAT(response.value().not_available(), HasSubstr("is 7, below 100"));
  EXPECT_FALSE(response.basis().suppressed());
}

}  // namespace
}  // namespace bellwether::rpc
