// The request that `bellwether alerts why-not` sends, and what it prints.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "bellwether/alerts/v1/judgements.grpc.pb.h"
#include "cli/context.h"
#include "support/local_server.h"

namespace bellwether::cli {
namespace {

namespace alerts_pb = bellwether::alerts::v1;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class JudgementRecorder final : public alerts_pb::JudgementService::Service {
 public:
  grpc::Status GetJudgement(grpc::ServerContext*, const alerts_pb::GetJudgementRequest* request,
                            alerts_pb::GetJudgementResponse* response) override {
    asked = *request;
    *response = judgement;
    return status;
  }
  alerts_pb::GetJudgementRequest asked;
  alerts_pb::GetJudgementResponse judgement;
  grpc::Status status;
};

class WhyNotCommandTest : public ::testing::Test {
 protected:
  WhyNotCommandTest() { context_.server = server_.address(); }

  // Returns what the command prints.
  std::string run(std::vector<std::string> words) {
    words.insert(words.begin(), {"alerts", "why-not"});
    std::ranges::reverse(words);  // CLI11 takes them in reverse order
    CLI::App app("", "bellwether");
    add_alerts(app, context_);
    ::testing::internal::CaptureStdout();
    app.parse(words);
    return ::testing::internal::GetCapturedStdout();
  }

  JudgementRecorder recorder_;
  testing::LocalServer server_{recorder_};
  Context context_;
};

TEST_F(WhyNotCommandTest, ANodeIsNamedAsInTheOtherCommands) {
  run({"R1", "SG/C"});
  EXPECT_EQ(recorder_.asked.rule(), "R1");
  EXPECT_EQ(recorder_.asked.node().area(), "SG");
  EXPECT_EQ(recorder_.asked.node().sector(), "C");
  run({"R1"});
  EXPECT_EQ(recorder_.asked.node().area(), "");
  EXPECT_EQ(recorder_.asked.node().sector(), "");
  run({"R0", "support"});
  EXPECT_EQ(recorder_.asked.node().area(), "support");
  EXPECT_EQ(recorder_.asked.node().sector(), "");
  run({"R1", "--area", "N1", "--sector", "10"});
  EXPECT_EQ(recorder_.asked.node().area(), "N1");
  EXPECT_EQ(recorder_.asked.node().sector(), "10");
  EXPECT_THROW(run({"R1", "SG/C", "--area", "N1"}), CLI::ParseError);
  ::testing::internal::GetCapturedStdout();
  EXPECT_EQ(context_.exit_code, 0);
}

TEST_F(WhyNotCommandTest, TheReasonTheNumbersAndTheConditionsArePrinted) {
  alerts_pb::GetJudgementResponse& j = recorder_.judgement;
  j.set_rule_title("births falling");
  j.mutable_node()->set_display_name("Manufacturing, Singapore");
  j.set_why("No alert: stock of 40 businesses is below the rule's gate of 100.");
  j.set_unit("count");
  j.mutable_evidence()->set_period("1997-06");
  j.mutable_evidence()->set_observed(20);
  j.mutable_evidence()->set_expected(31.25);
  alerts_pb::Gate& sources = *j.add_gates();
  sources.set_passed(true);
  sources.set_text("its sources report");
  j.add_gates()->set_text("stock of 40 businesses is below the rule's gate of 100");
  j.mutable_basis()->set_data_through("1997-06");
  std::string const shown = run({"R1", "SG/C"});
  EXPECT_THAT(shown, HasSubstr("R1 births falling in Manufacturing, Singapore\n"));
  EXPECT_THAT(shown, HasSubstr("\nNo alert: stock of 40 businesses is below"));
  EXPECT_THAT(shown, HasSubstr("1997-06: 20 observed, 31.2 expected"));
  EXPECT_THAT(shown, ContainsRegex("yes +its sources report"));
  EXPECT_THAT(shown, ContainsRegex("no +stock of 40 businesses"));
  EXPECT_THAT(shown, AllOf(HasSubstr("data through 1997-06"), Not(HasSubstr("withheld"))));
}

TEST_F(WhyNotCommandTest, OfPeopleWhoAskedForHelpOnlyTheRoundedValueIsPrinted) {
  alerts_pb::GetJudgementResponse& j = recorder_.judgement;
  j.set_unit("percent");
  j.mutable_basis()->set_suppressed(true);
  j.mutable_evidence()->set_period("1997-06");
  j.mutable_evidence()->set_observed(25);
  EXPECT_THAT(run({"R6", "SG/C"}), AllOf(HasSubstr("1997-06: 25 %\n"), Not(HasSubstr("expected")),
                                         HasSubstr(", figures about people withheld")));
  j.set_unit("hours");
  j.mutable_evidence()->set_limit(40);
  EXPECT_THAT(run({"R9", "SG/C"}),
              HasSubstr("25 working hours against a limit of 40 working hours\n"));
  j.clear_evidence();
  EXPECT_THAT(run({"R6", "SG/C"}), Not(HasSubstr("What the rule saw")));
}

TEST_F(WhyNotCommandTest, AWrongRuleIsWrongUse) {
  recorder_.status = {grpc::StatusCode::INVALID_ARGUMENT, "rule: no rule \"R99\""};
  ::testing::internal::CaptureStderr();
  run({"R99"});
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("no rule"));
  EXPECT_EQ(context_.exit_code, static_cast<int>(Exit::kUsage));
}

}  // namespace
}  // namespace bellwether::cli
