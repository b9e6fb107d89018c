#include "adapters/rpc/distribution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "served.h"
#include "support/neighbourhoods.h"

namespace bellwether::rpc {
namespace {

namespace indicators_pb = ::bellwether::indicators::v1;
using ::testing::HasSubstr;
using Measure = ::bellwether::indicators::Measure;

class ByAreaAnswerTest : public ::testing::Test {
 protected:
  grpc::Status ask(const std::string& name, const std::string& area) {
    indicators_pb::GetDistributionRequest request;
    request.set_name(name);
    request.mutable_node()->set_area(area);
    request.set_by(indicators_pb::DIVISION_AREA);
    grpc::ClientContext call;
    answer_.Clear();
    return served_.indicators->GetDistribution(&call, request, &answer_);
  }
  reference::Reference const reference_ = testing::neighbourhoods();
  Served served_{{.address = "127.0.0.1:0"}, reference_};
  indicators_pb::GetDistributionResponse answer_;
};

TEST_F(ByAreaAnswerTest, UnknownPlacesAreShown) {
  served_.count(Measure::kBirths, "2019-05", 30, "A1d1");
  served_.count(Measure::kBirths, "2019-05", 10, "B1x");
  served_.count(Measure::kBirths, "2019-05", 2, "R");
  served_.publish("2019-05");
  ASSERT_TRUE(ask("births", "").ok());
  ASSERT_EQ(answer_.classes_size(), 2);
  EXPECT_EQ(answer_.classes(0).code(), "A");
  EXPECT_EQ(answer_.classes(0).display_name(), "Aston");
  EXPECT_EQ(answer_.classes(0).decile(), 0);
  EXPECT_EQ(answer_.classes(0).value().value(), 30);
  EXPECT_EQ(answer_.classes(0).share(), 75);
  EXPECT_EQ(answer_.classes(1).code(), "B");
  EXPECT_EQ(answer_.unknown().value().value(), 2);
  EXPECT_EQ(answer_.unknown().code(), "");
  EXPECT_EQ(answer_.total().value(), 42);
  EXPECT_EQ(answer_.unit(), "count");
  EXPECT_EQ(answer_.basis().data_through(), "2019-05");
}

TEST_F(ByAreaAnswerTest, SupportIsRoundedAndASmallPartIsWithheldWithTheNext) {
  served_.count(Measure::kInteractions, "2019-05", 9, "A1d1");
  served_.count(Measure::kInteractions, "2019-05", 23, "A2d1");
  served_.publish("2019-05");
  ASSERT_TRUE(ask("interactions", "A").ok());
  EXPECT_TRUE(answer_.classes(0).suppressed());
  EXPECT_TRUE(answer_.classes(1).suppressed()) << "with the total it would tell the other";
  EXPECT_EQ(answer_.classes(1).value().value(), 0);
  EXPECT_TRUE(answer_.unknown().suppressed());
  EXPECT_EQ(answer_.total().value(), 30);
  EXPECT_TRUE(answer_.basis().suppressed());
  served_.count(Measure::kInteractions, "2019-05", 4, "A1d1");
  served_.publish("2019-05");
  ASSERT_TRUE(ask("interactions", "A").ok());
  EXPECT_EQ(answer_.classes(0).value().value(), 15);
  EXPECT_EQ(answer_.classes(1).value().value(), 25);
}

TEST_F(ByAreaAnswerTest, ZeroAndNineLookTheSame) {
  std::string texts[2];
  served_.count(Measure::kInteractions, "2019-05", 40, "A2d1");
  for (int i = 0; i < 2; ++i) {
    served_.count(Measure::kInteractions, "2019-05", i == 0 ? 0 : 9, "A1d1");
    served_.count(Measure::kInteractions, "2019-05", i == 0 ? 0 : -9, "A2d1");
    served_.publish("2019-05");
    ASSERT_TRUE(ask("interactions", "A").ok());
    texts[i] = answer_.classes(0).ShortDebugString() + answer_.classes(1).ShortDebugString();
  }
  EXPECT_NE(texts[0].find("suppressed"), std::string::npos);
  EXPECT_EQ(texts[0], texts[1]);
}

TEST_F(ByAreaAnswerTest, BadRequestsSayWhat) {
  served_.publish("2019-05");
  EXPECT_THAT(ask("births", "A1d1").error_message(), HasSubstr("node.area: A1d1 has no parts"));
  EXPECT_THAT(ask("inclusion_gap", "A").error_message(), HasSubstr("name: inclusion_gap compares"));
}

TEST(ByAreaWithoutDecilesTest, IsAnswered) {
  Served served;
  served.count(Measure::kBirths, "2019-05", 3, "N1");
  served.publish("2019-05");
  indicators_pb::GetDistributionRequest request;
  request.set_name("births");
  request.set_by(indicators_pb::DIVISION_AREA);
  grpc::ClientContext call;
  indicators_pb::GetDistributionResponse answer;
  ASSERT_TRUE(served.indicators->GetDistribution(&call, request, &answer).ok());
  EXPECT_GT(answer.classes_size(), 0);
  EXPECT_EQ(answer.total().value(), 3);
}

}  // namespace
}  // namespace bellwether::rpc
