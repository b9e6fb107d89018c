// What `bellwether inclusion` asks and shows.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "bellwether/indicators/v1/indicators.grpc.pb.h"
#include "cli/context.h"
#include "support/client_command.h"
#include "support/local_server.h"

namespace bellwether::cli {
namespace {

namespace indicators_pb = bellwether::indicators::v1;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Keeps the last requests and answers as the test says.
class InclusionStub final : public indicators_pb::IndicatorService::Service {
 public:
  grpc::Status GetDistribution(grpc::ServerContext*,
                               const indicators_pb::GetDistributionRequest* request,
                               indicators_pb::GetDistributionResponse* response) override {
    divided = *request;
    *response = distribution;
    return status;
  }
  grpc::Status GetInclusionLadder(grpc::ServerContext*,
                                  const indicators_pb::GetInclusionLadderRequest* request,
                                  indicators_pb::GetInclusionLadderResponse* response) override {
    climbed = *request;
    *response = ladder;
    return grpc::Status::OK;
  }
  indicators_pb::GetDistributionRequest divided;
  indicators_pb::GetInclusionLadderRequest climbed;
  indicators_pb::GetDistributionResponse distribution;
  indicators_pb::GetInclusionLadderResponse ladder;
  grpc::Status status;
};

class InclusionCommandTest : public ::testing::Test {
 protected:
  InclusionCommandTest() {
    for (int d = 1; d <= 10; ++d) {
      indicators_pb::DistributionClass& c = *stub_.distribution.add_classes();
      c.set_decile(d);
      if (d == 9) {
        c.set_suppressed(true);
        c.mutable_value()->set_not_available("suppressed: fewer than 10 cases");
        continue;
      }
      c.set_share(d == 1 ? 12.5 : 10);
      c.mutable_value()->set_numerator(50);
      c.mutable_value()->set_denominator(1000);
      c.mutable_value()->set_value(5);
    }
    stub_.distribution.mutable_unknown()->set_suppressed(true);
    stub_.distribution.mutable_unknown()->mutable_value()->set_not_available("suppressed");
    stub_.distribution.mutable_total()->set_numerator(495);
    stub_.distribution.mutable_total()->set_denominator(10'100);
    stub_.distribution.mutable_total()->set_value(4.9);
    stub_.distribution.mutable_basis()->set_suppressed(true);
    stub_.ladder.mutable_gap()->set_value(-11.5265);
    stub_.ladder.mutable_gap()->set_period("2019-05");
    stub_.ladder.set_lower(-14.6);
    stub_.ladder.set_upper(-8.4);
    for (const char* area : {"E1", "E2"}) {
      indicators_pb::LadderStep& step = *stub_.ladder.add_steps();
      step.mutable_node()->set_area(area);
      step.set_display_name("Erdington");
      step.set_contribution(-4.25);
      step.set_more(85);
      step.set_stock(2000);
      step.set_suppressed(area[1] == '2');
      if (!step.suppressed()) step.set_supported(20);
    }
    stub_.ladder.set_steps_total(7);
    stub_.ladder.mutable_basis()->set_data_through("2019-05");
  }
  // Returns the exit code.
  int run(std::vector<std::string> words, const std::string& output = "table") {
    words.insert(words.begin(), "inclusion");
    Context context;
    context.server = server_.address();
    context.output = output;
    return testing::run_command(add_inclusion, std::move(words), context, printed_);
  }

  std::string printed_;
  InclusionStub stub_;
  testing::LocalServer server_{stub_};
};

TEST_F(InclusionCommandTest, AsksForTheNodeAndThePeriod) {
  EXPECT_EQ(run({"--area", "E08000025", "--sector", "C", "--period", "2019-05", "--steps", "3"}),
            0);
  EXPECT_EQ(stub_.divided.name(), "reach_12m");
  EXPECT_EQ(stub_.divided.by(), indicators_pb::DIVISION_DECILE);
  EXPECT_EQ(stub_.divided.node().area(), "E08000025");
  EXPECT_EQ(stub_.divided.node().sector(), "C");
  EXPECT_EQ(stub_.divided.period(), "2019-05");
  EXPECT_EQ(stub_.climbed.node().area(), "E08000025");
  EXPECT_EQ(stub_.climbed.period(), "2019-05");
  EXPECT_EQ(stub_.climbed.steps_max(), 3);
  EXPECT_EQ(run({"--steps", "0"}), 2);
}

TEST_F(InclusionCommandTest, ShowsATableThatAPersonCanRead) {
  EXPECT_EQ(run({"--area", "E08000025"}), 0);
  EXPECT_THAT(printed_, HasSubstr("of the place, not of the people"));
  EXPECT_THAT(printed_,
              HasSubstr("1 most deprived       1,000  11.1 %         50  12.5 %  5.0 %\n"));
  EXPECT_THAT(printed_, HasSubstr("withheld"));
  EXPECT_THAT(printed_, HasSubstr("Gap: -11.5 points (95 % interval -14.6 to -8.4)"));
  EXPECT_THAT(printed_, HasSubstr("E1    Erdington          85    -4.2         20       2,000\n"));
  EXPECT_THAT(printed_, HasSubstr("E2    Erdington  at most 85    -4.2   withheld       2,000\n"));
  EXPECT_THAT(printed_, AllOf(HasSubstr("2 of 7 places"), HasSubstr("small counts withheld")));
}

TEST_F(InclusionCommandTest, WithoutAGapItSaysWhy) {
  stub_.ladder.mutable_gap()->set_not_available("businesses supported below 200");
  stub_.ladder.clear_steps();
  EXPECT_EQ(run({}), 0);
  EXPECT_THAT(printed_, HasSubstr("no gap of support: businesses supported below 200\n"));
  EXPECT_THAT(printed_, Not(HasSubstr("Where to go")));
}

TEST_F(InclusionCommandTest, WhatIsNotKnownIsNotWithheld) {
  for (indicators_pb::DistributionClass& c : *stub_.distribution.mutable_classes()) {
    c.set_suppressed(true);
    c.mutable_value()->set_not_available("the window begins before 2026-08");
  }
  stub_.distribution.mutable_total()->set_not_available("the window begins before 2026-08");
  stub_.ladder.clear_steps();
  EXPECT_EQ(run({}), 0);
  EXPECT_THAT(printed_, AllOf(HasSubstr("not known"), Not(HasSubstr("  withheld"))));
}

TEST_F(InclusionCommandTest, JsonHasBothAnswers) {
  EXPECT_EQ(run({}, "json"), 0);
  EXPECT_THAT(printed_, AllOf(HasSubstr("\"classes\""), HasSubstr("\"steps\""),
                              Not(HasSubstr("Where to go"))));
}

TEST_F(InclusionCommandTest, AnErrorEndsTheCommand) {
  stub_.status = {grpc::StatusCode::FAILED_PRECONDITION, "the deployment has no deciles"};
  EXPECT_EQ(run({}), 1);
  EXPECT_EQ(printed_, "");
}

}  // namespace
}  // namespace bellwether::cli
