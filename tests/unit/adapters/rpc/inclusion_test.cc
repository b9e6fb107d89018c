#include "adapters/rpc/inclusion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/base/text.h"
#include "served.h"
#include "support/neighbourhoods.h"

namespace bellwether::rpc {
namespace {

namespace indicators_pb = ::bellwether::indicators::v1;
using ::testing::HasSubstr;
using Measure = ::bellwether::indicators::Measure;

class InclusionTest : public ::testing::Test {
 protected:
  InclusionTest() {
    for (int d = 1; d <= 10; ++d) {
      std::string const leaf = base::cat(d % 2 == 0 ? "A1d" : "A2d", d);
      served_.count(Measure::kBirths, "2018-01", 1000, leaf);
      served_.count(Measure::kSupported, "2019-03", 11 * d + 1, leaf);
    }
  }
  grpc::Status ask(indicators_pb::GetDistributionRequest request) {
    grpc::ClientContext call;
    return served_.indicators->GetDistribution(&call, request, &distribution_);
  }
  indicators_pb::GetDistributionRequest of(const std::string& name, const std::string& area) {
    indicators_pb::GetDistributionRequest request;
    request.set_name(name);
    request.mutable_node()->set_area(area);
    return request;
  }
  grpc::Status ladder(const std::string& area, int steps = 0, const std::string& as_of = "") {
    indicators_pb::GetInclusionLadderRequest request;
    request.mutable_node()->set_area(area);
    request.set_steps_max(steps);
    request.mutable_as_of()->set_period(as_of);
    grpc::ClientContext call;
    return served_.indicators->GetInclusionLadder(&call, request, &ladder_);
  }

  reference::Reference const reference_ = testing::neighbourhoods();
  Served served_{{.address = "127.0.0.1:0"}, reference_};
  indicators_pb::GetDistributionResponse distribution_;
  indicators_pb::GetInclusionLadderResponse ladder_;
};

TEST_F(InclusionTest, CountsOfThePublicRegisterAreTold) {
  served_.count(Measure::kBirths, "2019-05", 3, "A1d2");
  served_.count(Measure::kBirths, "2019-05", 1, "A1d4");
  served_.count(Measure::kBirths, "2019-05", 2, "A1x");
  served_.publish("2019-05");
  ASSERT_TRUE(ask(of("births", "A")).ok());
  ASSERT_EQ(distribution_.classes_size(), 10);
  EXPECT_EQ(distribution_.classes(1).decile(), 2);
  EXPECT_EQ(distribution_.classes(1).value().value(), 3);
  EXPECT_EQ(distribution_.classes(1).share(), 75);
  EXPECT_EQ(distribution_.unknown().value().value(), 2);
  EXPECT_EQ(distribution_.total().value(), 6);
  EXPECT_EQ(distribution_.unit(), "count");
  EXPECT_FALSE(distribution_.has_mass_addresses());
  EXPECT_EQ(distribution_.basis().data_through(), "2019-05");
  EXPECT_FALSE(distribution_.basis().rounded());
}

TEST_F(InclusionTest, SupportIsRoundedAndSmallCountsAreWithheldWithTheNext) {
  served_.count(Measure::kSupported, "2019-04", -6, "A2d1");  // 6 are left
  served_.publish("2019-05");
  ASSERT_TRUE(ask(of("reach_12m", "A")).ok());
  for (int d = 1; d <= 10; ++d) {
    const auto& c = distribution_.classes(d - 1);
    bool const withheld = d <= 2;  // 6 in decile 1, and 23 in decile 2
    EXPECT_EQ(c.suppressed(), withheld) << d;
    EXPECT_EQ(c.value().not_available().empty(), !withheld) << d;
    if (withheld) {
      EXPECT_EQ(c.value().numerator(), 0);
      EXPECT_EQ(c.share(), 0);
      continue;
    }
    EXPECT_EQ(static_cast<int>(c.value().numerator()) % 5, 0) << d;
    EXPECT_EQ(c.value().denominator(), 1000) << "businesses are public";
  }
  EXPECT_TRUE(distribution_.unknown().suppressed());
  EXPECT_EQ(distribution_.total().numerator(), 610) << "609, rounded once";
  EXPECT_TRUE(distribution_.basis().suppressed());
  EXPECT_TRUE(distribution_.basis().rounded());
}

TEST_F(InclusionTest, ZeroAndNineLookTheSame) {
  std::string texts[2];
  for (int i = 0; i < 2; ++i) {
    served_.count(Measure::kSupported, "2019-04", i == 0 ? -12 : 9, "A2d1");
    served_.count(Measure::kSupported, "2019-04", i == 0 ? 0 : -9, "A2d9");
    served_.publish("2019-05");
    ASSERT_TRUE(ask(of("reach_12m", "A")).ok());
    texts[i] = base::cat(distribution_.classes(0).ShortDebugString(),
                         distribution_.classes(1).ShortDebugString());
  }
  EXPECT_EQ(texts[0], texts[1]);
}

TEST_F(InclusionTest, TheLadderTellsWhereToGo) {
  served_.publish("2019-05");
  ASSERT_TRUE(ladder("A").ok());
  ASSERT_EQ(ladder_.steps_size(), 2);
  // 69 of 615 supported are in deciles 1–3, where 3 of 10 businesses are.
  EXPECT_NEAR(ladder_.gap().value(), 100 * (70. / 615 - 0.3), 1e-9);
  EXPECT_EQ(ladder_.gap().numerator(), 70);
  EXPECT_LT(ladder_.lower(), ladder_.gap().value());
  EXPECT_GT(ladder_.upper(), ladder_.gap().value());
  EXPECT_EQ(ladder_.steps(0).node().area(), "A2");
  EXPECT_EQ(ladder_.steps(0).display_name(), "Ward A2");
  EXPECT_EQ(ladder_.steps(0).supported(), 45) << "12 and 34";
  EXPECT_EQ(ladder_.steps(0).stock(), 2000);
  EXPECT_EQ(ladder_.steps(0).more(), 80) << "0.2 of 615 less 45, rounded up";
  EXPECT_FALSE(ladder_.steps(0).suppressed());
  EXPECT_EQ(ladder_.steps_total(), 2);
  ASSERT_TRUE(ladder("A", 1).ok());
  EXPECT_EQ(ladder_.steps_size(), 1);
  EXPECT_EQ(ladder_.steps_total(), 2);
  ASSERT_TRUE(ladder("B").ok());
  EXPECT_THAT(ladder_.gap().not_available(), HasSubstr("below 200"));
  EXPECT_EQ(ladder_.steps_size(), 0);
}

TEST_F(InclusionTest, IndicatorsAreComputedFromWhatIsTold) {
  served_.publish("2019-05");
  auto const get = [&](const std::string& name) {
    grpc::ClientContext call;
    indicators_pb::GetIndicatorRequest request;
    request.set_name(name);
    request.mutable_node()->set_area("A");
    indicators_pb::GetIndicatorResponse response;
    EXPECT_TRUE(served_.indicators->GetIndicator(&call, request, &response).ok());
    return response;
  };
  EXPECT_NEAR(get("inclusion_gap").value().value(), 100 * (70. / 615 - 0.3), 1e-9);
  EXPECT_TRUE(get("inclusion_gap").basis().rounded());
  EXPECT_NEAR(get("reach_ratio").value().value(), 70. / 300, 1e-9);
  EXPECT_GT(get("reach_concentration").value().value(), 0.2);
  served_.count(Measure::kSupported, "2019-04", -6, "A2d1");
  served_.publish("2019-05");
  EXPECT_THAT(get("reach_concentration").value().not_available(), HasSubstr("suppressed"));
  EXPECT_EQ(get("reach_concentration").value().denominator(), 0);
  EXPECT_TRUE(get("inclusion_gap").value().not_available().empty());
}

// The leaf A1d2 has mass addresses.
class MassAddressesTest : public ::testing::Test {
 protected:
  static reference::Reference divided() {
    reference::Reference out = testing::neighbourhoods();
    std::vector<base::AreaId> const leaves = {testing::must(out.areas.find("A1d2"))};
    out.areas = testing::must(out.areas.divide(leaves));
    out.deprivation = testing::must(reference::Deprivation::parse(
        "code,decile,population\nA1d2,2,1000\nA1d5,5,1000\n", "imd.csv", out.areas));
    out.deprivation_index = "IMD 2025";
    return out;
  }
  indicators_pb::GetDistributionResponse ask(const std::string& name) {
    indicators_pb::GetDistributionRequest request;
    request.set_name(name);
    indicators_pb::GetDistributionResponse out;
    grpc::ClientContext call;
    EXPECT_TRUE(served_.indicators->GetDistribution(&call, request, &out).ok());
    return out;
  }
  reference::Reference const reference_ = divided();
  Served served_{{.address = "127.0.0.1:0"}, reference_};
};

TEST_F(MassAddressesTest, AreShownAsAPartOfTheUnknown) {
  served_.count(Measure::kBirths, "2019-05", 30, "A1d2.own");
  served_.count(Measure::kBirths, "2019-05", 50, "A1d2.mass");
  served_.count(Measure::kBirths, "2019-05", 7, "A1x");
  served_.publish("2019-05");
  auto const answer = ask("births");
  EXPECT_EQ(answer.classes(1).value().value(), 30);
  EXPECT_EQ(answer.unknown().value().value(), 57);
  EXPECT_EQ(answer.mass_addresses().value().value(), 50);
  EXPECT_EQ(answer.total().value(), 87);
  EXPECT_EQ(answer.deprivation_index(), "IMD 2025");
}

TEST_F(MassAddressesTest, SupportThereIsWithheldIfItWouldTellTheRestOfTheUnknown) {
  served_.count(Measure::kInteractions, "2019-05", 40, "A1d2.mass");
  served_.count(Measure::kInteractions, "2019-05", 3, "A1x");
  served_.publish("2019-05");
  auto answer = ask("interactions");
  EXPECT_FALSE(answer.unknown().suppressed());
  EXPECT_TRUE(answer.mass_addresses().suppressed());
  EXPECT_EQ(answer.mass_addresses().value().value(), 0);
  served_.count(Measure::kInteractions, "2019-05", 20, "A1x");
  served_.publish("2019-05");
  answer = ask("interactions");
  EXPECT_EQ(answer.mass_addresses().value().value(), 40);
  EXPECT_EQ(answer.unknown().value().value(), 65);
}

TEST_F(InclusionTest, QuestionsAboutThePast) {
  served_.publish("2019-05");
  served_.keep_view();
  served_.count(Measure::kSupported, "2019-06", 400, "A2d1");
  served_.publish("2019-06");
  ASSERT_TRUE(ladder("A", 0, "2019-05").ok());
  EXPECT_EQ(ladder_.gap().denominator(), 615);
  EXPECT_EQ(ladder_.basis().data_through(), "2019-05");
  auto request = of("reach_12m", "A");
  request.mutable_as_of()->set_period("2019-05");
  ASSERT_TRUE(ask(request).ok());
  EXPECT_EQ(distribution_.total().numerator(), 615);
  request.mutable_as_of()->set_period("2018-05");
  EXPECT_EQ(ask(request).error_code(), grpc::StatusCode::OUT_OF_RANGE);
}

TEST_F(InclusionTest, BadRequestsSayWhat) {
  served_.publish("2019-05");
  auto const refused = [&](const indicators_pb::GetDistributionRequest& request, const char* what) {
    grpc::Status const status = ask(request);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_THAT(status.error_message(), HasSubstr(what));
  };
  refused(of("nothing", "A"), "name: no indicator");
  refused(of("births", "Z"), "node.area: no area");
  refused(of("moves_in", "A"), "name: moves_in does not add up");
  refused(of("inclusion_gap", "A"), "name: inclusion_gap compares");
  auto request = of("births", "A");
  request.set_by(static_cast<indicators_pb::Division>(99));
  refused(request, "by: no such division");
  request = of("births", "A");
  request.set_period("1999-01");
  refused(request, "period: there is data from");
  EXPECT_EQ(ladder("A", -1).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST(InclusionWithoutDecilesTest, IsRefusedWithTheRemedy) {
  Served served;
  served.publish("2019-05");
  grpc::ClientContext first;
  indicators_pb::GetDistributionRequest request;
  request.set_name("births");
  indicators_pb::GetDistributionResponse distribution;
  grpc::Status status = served.indicators->GetDistribution(&first, request, &distribution);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(status.error_message(), HasSubstr("reference.deprivation"));
  grpc::ClientContext second;
  indicators_pb::GetInclusionLadderResponse ladder;
  status = served.indicators->GetInclusionLadder(&second, {}, &ladder);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

}  // namespace
}  // namespace bellwether::rpc
