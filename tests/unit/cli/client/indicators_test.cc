// The requests that `bellwether indicators` sends, as a server receives them.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "bellwether/indicators/v1/indicators.grpc.pb.h"
#include "cli/context.h"
#include "core/base/text.h"
#include "support/client_command.h"
#include "support/local_server.h"

namespace bellwether::cli {
namespace {

namespace indicators_pb = bellwether::indicators::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Keeps the requests and answers with nothing.
class Recorder final : public indicators_pb::IndicatorService::Service {
 public:
  grpc::Status GetIndicator(grpc::ServerContext*, const indicators_pb::GetIndicatorRequest* request,
                            indicators_pb::GetIndicatorResponse*) override {
    got.push_back(*request);
    return grpc::Status::OK;
  }
  grpc::Status QuerySeries(grpc::ServerContext*, const indicators_pb::QuerySeriesRequest* request,
                           indicators_pb::QuerySeriesResponse* response) override {
    queried.push_back(*request);
    *response = answer;
    return grpc::Status::OK;
  }
  std::vector<indicators_pb::GetIndicatorRequest> got;
  std::vector<indicators_pb::QuerySeriesRequest> queried;
  indicators_pb::QuerySeriesResponse answer;
};

class IndicatorsCommandTest : public ::testing::Test {
 protected:
  // Returns the exit code.
  int get(std::vector<std::string> options) {
    std::vector<std::string> words = {"indicators", "get"};
    words.insert(words.end(), options.begin(), options.end());
    Context context;
    context.server = server_.address();
    return testing::run_command(add_indicators, std::move(words), context, printed_);
  }

  std::string printed_;
  Recorder recorder_;
  testing::LocalServer server_{recorder_};
};

TEST_F(IndicatorsCommandTest, APeriodCountsForSeveralNamesToo) {
  EXPECT_EQ(get({"births", "deaths", "--period", "1998-03"}), 0);
  ASSERT_EQ(recorder_.queried.size(), 1u);
  EXPECT_THAT(recorder_.queried[0].names(), ElementsAre("births", "deaths"));
  EXPECT_EQ(recorder_.queried[0].from_period(), "1998-03");
  EXPECT_EQ(recorder_.queried[0].to_period(), "1998-03");
  EXPECT_EQ(get({"births", "--period", "1998-03"}), 0);
  ASSERT_EQ(recorder_.got.size(), 1u);
  EXPECT_EQ(recorder_.got[0].period(), "1998-03");
}

TEST_F(IndicatorsCommandTest, AReasonStandsOnceBelowTheTable) {
  for (int s = 0; s < 2; ++s) {
    indicators_pb::Series& series = *recorder_.answer.add_series();
    for (const char* reason : {"too early", s == 0 ? "too early" : "too small", ""}) {
      indicators_pb::Value& v = *series.add_values();
      v.set_period("1998-03");
      v.set_value(7);
      v.set_not_available(reason);
    }
  }
  EXPECT_EQ(get({"births", "deaths", "--from", "1998-03"}), 0);
  EXPECT_THAT(printed_, ::testing::HasSubstr("1998-03   – (1)   – (1)\n"
                                             "1998-03   – (1)   – (2)\n"
                                             "1998-03       7       7\n"
                                             "– (1): no value: too early\n"
                                             "– (2): no value: too small\n"));
}

TEST_F(IndicatorsCommandTest, APeriodAndARangeExcludeEachOther) {
  EXPECT_EQ(get({"births", "--period", "1998-03", "--from", "1998-01"}), 2);
  EXPECT_EQ(get({"births", "deaths", "--to", "1998-01", "--period", "1998-03"}), 2);
  EXPECT_THAT(recorder_.queried, IsEmpty());
  EXPECT_THAT(recorder_.got, IsEmpty());
}

TEST_F(IndicatorsCommandTest, ARangeIsSentAsItIs) {
  EXPECT_EQ(get({"births", "--from", "1998-01"}), 0);
  ASSERT_EQ(recorder_.queried.size(), 1u);
  EXPECT_EQ(recorder_.queried[0].from_period(), "1998-01");
  EXPECT_EQ(recorder_.queried[0].to_period(), "");
}

}  // namespace
}  // namespace bellwether::cli
