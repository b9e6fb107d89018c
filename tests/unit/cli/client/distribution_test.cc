// What `bellwether indicators distribution` asks and shows.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "bellwether/indicators/v1/indicators.grpc.pb.h"
#include "cli/context.h"
#include "support/client_command.h"
#include "support/local_server.h"

namespace bellwether::cli {
namespace {

namespace indicators_pb = bellwether::indicators::v1;
using ::testing::HasSubstr;

// Keeps the last request.
class DistributionStub final : public indicators_pb::IndicatorService::Service {
 public:
  grpc::Status GetDistribution(grpc::ServerContext*,
                               const indicators_pb::GetDistributionRequest* request,
                               indicators_pb::GetDistributionResponse* response) override {
    asked = *request;
    *response = answer;
    return status;
  }
  indicators_pb::GetDistributionRequest asked;
  indicators_pb::GetDistributionResponse answer;
  grpc::Status status;
};

class DistributionCommandTest : public ::testing::Test {
 protected:
  DistributionCommandTest() {
    indicators_pb::DistributionClass& one = *stub_.answer.add_classes();
    one.set_code("E08000025");
    one.set_display_name("Birmingham");
    one.mutable_value()->set_value(1200);
    one.set_share(60);
    indicators_pb::DistributionClass& two = *stub_.answer.add_classes();
    two.set_code("E08000026");
    two.set_display_name("Coventry");
    two.set_suppressed(true);
    two.mutable_value()->set_not_available("suppressed: fewer than 10 cases");
    stub_.answer.mutable_unknown()->mutable_value()->set_value(35);
    stub_.answer.mutable_total()->set_value(2035);
    stub_.answer.mutable_total()->set_period("2019-05");
    stub_.answer.set_unit("count");
    stub_.answer.mutable_basis()->set_data_through("2019-05");
    stub_.answer.mutable_basis()->set_suppressed(true);
    stub_.answer.mutable_basis()->add_coverage_warnings("some are lacking");
  }
  int run(std::vector<std::string> words, const std::string& output = "table") {
    words.insert(words.begin(), {"indicators", "distribution"});
    Context context;
    context.server = server_.address();
    context.output = output;
    return testing::run_command(add_indicators, std::move(words), context, printed_);
  }

  std::string printed_;
  DistributionStub stub_;
  testing::LocalServer server_{stub_};
};

TEST_F(DistributionCommandTest, ShowsUnknownPlacesAsAClass) {
  EXPECT_EQ(run({"births", "--area", "E12000005", "--sector", "C", "--period", "2019-05"}), 0);
  EXPECT_EQ(stub_.asked.name(), "births");
  EXPECT_EQ(stub_.asked.by(), indicators_pb::DIVISION_AREA);
  EXPECT_EQ(stub_.asked.node().area(), "E12000005");
  EXPECT_EQ(stub_.asked.node().sector(), "C");
  EXPECT_EQ(stub_.asked.period(), "2019-05");
  EXPECT_THAT(printed_, HasSubstr("E08000025  Birmingham           1,200  60.0 %\n"));
  EXPECT_THAT(printed_, HasSubstr("E08000026  Coventry          withheld"));
  EXPECT_THAT(printed_, HasSubstr("unknown    in none of these        35"));
  EXPECT_THAT(printed_, HasSubstr("births in 2019-05, unit count"));
  EXPECT_THAT(printed_, HasSubstr("small counts withheld"));
  EXPECT_THAT(printed_, HasSubstr("warning: some are lacking"));
}

TEST_F(DistributionCommandTest, AsksForDecilesAndRefusesOtherClasses) {
  EXPECT_EQ(run({"births", "--by", "decile"}, "json"), 0);
  EXPECT_EQ(stub_.asked.by(), indicators_pb::DIVISION_DECILE);
  EXPECT_THAT(printed_, HasSubstr("\"classes\""));
  EXPECT_EQ(run({"births", "--by", "colour"}), 2);
  EXPECT_EQ(run({}), 2);
}

TEST_F(DistributionCommandTest, NamesTheClassThatIsNotStated) {
  stub_.answer.mutable_unknown()->set_code("not_stated");
  stub_.answer.mutable_unknown()->set_display_name("Not stated");
  for (const auto& [by, division] : {std::pair{"size", indicators_pb::DIVISION_SIZE_BAND},
                                     {"legal-form", indicators_pb::DIVISION_LEGAL_FORM},
                                     {"channel", indicators_pb::DIVISION_CHANNEL},
                                     {"team", indicators_pb::DIVISION_TEAM},
                                     {"intensity", indicators_pb::DIVISION_INTENSITY}}) {
    printed_.clear();
    EXPECT_EQ(run({"births", "--by", by}), 0);
    EXPECT_EQ(stub_.asked.by(), division);
    EXPECT_THAT(printed_, HasSubstr("not_stated  Not stated"));
  }
}

TEST_F(DistributionCommandTest, WhyThereIsNoneStandsBelowTheTable) {
  stub_.answer.mutable_classes(0)->mutable_value()->set_not_available(
      "businesses is 60, below 100");
  for (auto& c : *stub_.answer.mutable_classes()) c.set_share(0);
  EXPECT_EQ(run({"births"}), 0);
  EXPECT_THAT(printed_, HasSubstr(" none "));
  EXPECT_THAT(printed_, HasSubstr("\nnone of E08000025: businesses is 60, below 100\n"));
  EXPECT_THAT(printed_, HasSubstr("no shares: the classes have no common sum"));
}

TEST_F(DistributionCommandTest, AnErrorEndsTheCommand) {
  stub_.status = {grpc::StatusCode::INVALID_ARGUMENT, "E01 has no parts"};
  EXPECT_NE(run({"births"}), 0);
  EXPECT_EQ(printed_, "");
}

}  // namespace
}  // namespace bellwether::cli
