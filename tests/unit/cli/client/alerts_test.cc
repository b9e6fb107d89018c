// The requests that `bellwether alerts` sends.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "bellwether/alerts/v1/alerts.grpc.pb.h"
#include "cli/context.h"
#include "core/base/text.h"
#include "support/local_server.h"

namespace bellwether::cli {
namespace {

namespace alerts_pb = bellwether::alerts::v1;

class AlertRecorder final : public alerts_pb::AlertService::Service {
 public:
  grpc::Status ListAlerts(grpc::ServerContext*, const alerts_pb::ListAlertsRequest* request,
                          alerts_pb::ListAlertsResponse*) override {
    listed = *request;
    return grpc::Status::OK;
  }
  alerts_pb::ListAlertsRequest listed;
};

class AlertsCommandTest : public ::testing::Test {
 protected:
  AlertsCommandTest() { context_.server = server_.address(); }

  // Returns what the command prints.
  std::string run(std::vector<std::string> words) {
    words.insert(words.begin(), "alerts");
    std::ranges::reverse(words);  // CLI11 takes them in reverse order
    CLI::App app("", "bellwether");
    add_alerts(app, context_);
    ::testing::internal::CaptureStdout();
    app.parse(words);
    EXPECT_EQ(context_.exit_code, 0);
    return ::testing::internal::GetCapturedStdout();
  }

  AlertRecorder recorder_;
  testing::LocalServer server_{recorder_};
  Context context_;
};

TEST_F(AlertsCommandTest, OpenAlertsOfAnyFilterAreListed) {
  run({"list", "--open"});
  EXPECT_EQ(recorder_.listed.filter(), "open = true");
  run({"list", "--open", "--filter", "rule = R1 OR rule = R2"});
  EXPECT_EQ(recorder_.listed.filter(), "(rule = R1 OR rule = R2) AND open = true");
  run({"list", "--filter", "area IN descendants(UKC)"});
  EXPECT_EQ(recorder_.listed.filter(), "area IN descendants(UKC)");
}

}  // namespace
}  // namespace bellwether::cli
