// The requests that `bellwether alerts` sends.
#include <gmock/gmock.h>
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
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class AlertRecorder final : public alerts_pb::AlertService::Service {
 public:
  grpc::Status ListAlerts(grpc::ServerContext*, const alerts_pb::ListAlertsRequest* request,
                          alerts_pb::ListAlertsResponse* response) override {
    listed = *request;
    *response = list;
    return grpc::Status::OK;
  }
  grpc::Status GetAlert(grpc::ServerContext*, const alerts_pb::GetAlertRequest*,
                        alerts_pb::GetAlertResponse* response) override {
    *response = got;
    return grpc::Status::OK;
  }
  alerts_pb::ListAlertsRequest listed;
  alerts_pb::ListAlertsResponse list;
  alerts_pb::GetAlertResponse got;
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

TEST_F(AlertsCommandTest, S4_WithoutAFilterHeadlinesAreListed) {
  run({"list"});
  EXPECT_EQ(recorder_.listed.filter(), "headline = true");
  run({"list", "--open"});
  EXPECT_EQ(recorder_.listed.filter(), "(open = true) AND headline = true");
  run({"list", "--parts"});
  EXPECT_EQ(recorder_.listed.filter(), "");
}

TEST_F(AlertsCommandTest, AHeadlineIsListedWithTheSeverityAndTheOnsetOfItsHappening) {
  alerts_pb::Alert& a = *recorder_.list.add_alerts();
  a.set_name("alerts/R1.R.all.2010-03");
  a.set_open(true);
  a.set_headline(true);
  a.set_other_parts(4);
  a.set_severity_max(alerts_pb::SEVERITY_AMBER);
  a.set_happening_severity(alerts_pb::SEVERITY_RED);
  a.set_onset_period("2010-03");
  a.set_happening_onset_period("2009-11");
  EXPECT_THAT(run({"list"}), ContainsRegex("R1.R.all.2010-03 +red .* 2009-11 .*\\+4 parts"));
  EXPECT_THAT(run({"list", "--parts"}), ContainsRegex("R1.R.all.2010-03 +amber .* 2010-03 "));
}

TEST_F(AlertsCommandTest, OpenAlertsOfAnyFilterAreListed) {
  run({"list", "--open", "--parts"});
  EXPECT_EQ(recorder_.listed.filter(), "open = true");
  run({"list", "--open", "--filter", "rule = R1 OR rule = R2"});
  EXPECT_EQ(recorder_.listed.filter(), "(rule = R1 OR rule = R2) AND open = true");
  run({"list", "--filter", "area IN descendants(UKC)"});
  EXPECT_EQ(recorder_.listed.filter(), "area IN descendants(UKC)");
}

TEST_F(AlertsCommandTest, S4_AnAlertIsShownWithItsHappeningAndOtherNames) {
  recorder_.got.mutable_alert()->set_name("alerts/R1.N1.all.2010-02");
  recorder_.got.mutable_alert()->add_equal_nodes()->set_display_name("All sectors, Growth hub");
  alerts_pb::Happening& happening = *recorder_.got.mutable_happening();
  happening.set_total_size(7);
  alerts_pb::HappeningPart& part = *happening.add_parts();
  part.set_alert("alerts/R1.N1.10.2010-02");
  part.mutable_node()->set_display_name("Food products, North One");
  part.set_role(alerts_pb::PART_ROLE_LEADS);
  part.set_onset_period("2009-12");
  part.set_share(0.75);
  std::string const shown = run({"get", "R1.N1.all.2010-02"});
  EXPECT_THAT(shown, HasSubstr("the same as All sectors, Growth hub\n"));
  EXPECT_THAT(shown, HasSubstr("One happening with 7 alerts:\n"));
  EXPECT_THAT(
      shown, ContainsRegex("before +R1.N1.10.2010-02 .* Food products, North One +2009-12 .*75 %"));
  EXPECT_THAT(shown, HasSubstr("and 6 more\n"));
}

TEST_F(AlertsCommandTest, S2_EvidenceTellsTheOneNumberThatDecided) {
  alerts_pb::Evidence& e = *recorder_.got.mutable_alert()->mutable_raised_evidence();
  e.set_period("2010-02");
  e.set_observed(20);
  e.set_expected(40);
  e.set_p(1e-4);
  e.set_p_adjusted(0.16);
  e.set_score(4.2);
  e.set_memory_periods(5);
  e.set_false_alarms_a_year(0.025);
  e.set_hit_by(alerts_pb::HIT_BY_OWN_LEVEL);
  auto const shown = [&] { return run({"get", "R1.N1.all.2010-02"}); };
  EXPECT_THAT(shown(), AllOf(HasSubstr(", by chance once in 40 years\n"), Not(HasSubstr("0.16")),
                             Not(HasSubstr("standard dev")), Not(HasSubstr("p ="))));
  e.set_hit_by(alerts_pb::HIT_BY_TOGETHER);
  EXPECT_THAT(shown(), AllOf(HasSubstr(", at most 16 % of the alerts raised with it by chance\n"),
                             Not(HasSubstr("40 years"))));
  e.set_hit_by(alerts_pb::HIT_BY_PARENT);
  EXPECT_THAT(shown(), AllOf(HasSubstr(", with the whole region\n"), Not(HasSubstr("by chance"))));
  e.set_cusum_threshold(5);
  e.set_cusum(6);
  EXPECT_THAT(shown(),
              AllOf(HasSubstr(", change statistic 6.0 of 5.0\n"), Not(HasSubstr("whole region"))));
}

}  // namespace
}  // namespace bellwether::cli
