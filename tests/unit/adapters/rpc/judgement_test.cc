// Why there is no alert: the answers of the service, and what they do not tell.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <map>
#include <thread>

#include "adapters/rpc/limits.h"
#include "served.h"

namespace bellwether::rpc {
namespace {

namespace alerts_pb = bellwether::alerts::v1;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Measure = ::bellwether::indicators::Measure;
using ::bellwether::alerts::AlertUpdate;

class JudgementTest : public ::testing::Test {
 protected:
  // Eight years of months until 2019-05, with so many births in the last.
  void live(int32_t last_births) {
    served_.count(Measure::kBirths, "2010-01", 5000);
    for (base::PeriodIndex t = Served::month("2011-06"); t <= Served::month("2019-05"); ++t.value) {
      bool const last = t == Served::month("2019-05");
      served_.count(Measure::kBirths, kServedMonths.name(t),
                    last ? last_births : 40 + t.value * 7 % 9 - 4);
      served_.count(Measure::kDeaths, kServedMonths.name(t), 30);
    }
    served_.publish("2019-05");
  }
  grpc::Status status_of(const alerts_pb::GetJudgementRequest& request) {
    grpc::ClientContext call;
    response_.Clear();
    return served_.judgements->GetJudgement(&call, request, &response_);
  }
  static alerts_pb::GetJudgementRequest question(const std::string& rule, const std::string& area,
                                                 const std::string& sector) {
    alerts_pb::GetJudgementRequest request;
    request.set_rule(rule);
    request.mutable_node()->set_area(area);
    request.mutable_node()->set_sector(sector);
    return request;
  }
  const alerts_pb::GetJudgementResponse& ask(const std::string& rule,
                                             const std::string& area = "N1",
                                             const std::string& sector = "10") {
    grpc::Status const status = status_of(question(rule, area, sector));
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response_;
  }
  void expect_bad(const alerts_pb::GetJudgementRequest& request, const std::string& field,
                  const std::string& advice) {
    grpc::Status const status = status_of(request);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
    EXPECT_THAT(status.error_details(), HasSubstr(field));
    EXPECT_THAT(status.error_message(), HasSubstr(advice));
  }

  Served served_;
  alerts_pb::GetJudgementResponse response_;
};

TEST_F(JudgementTest, ANodeWithoutAnAlertIsToldWhatTheRuleSaw) {
  live(28);
  const auto& r = ask("R1");
  EXPECT_TRUE(r.judged());
  EXPECT_FALSE(r.hit());
  EXPECT_THAT(r.why(), AllOf(StartsWith("No alert: p 0."), HasSubstr("once in 12 years")));
  EXPECT_EQ(r.evidence().period(), "2019-05");
  EXPECT_EQ(r.evidence().observed(), 28);
  EXPECT_NEAR(r.evidence().expected(), 40, 2);
  EXPECT_GT(r.evidence().false_alarms_a_year(), 0);
  EXPECT_EQ(r.unit(), "count");
  EXPECT_EQ(r.rule_title(), "births falling");
  EXPECT_EQ(r.node().display_name(), "Food products, North One");
  EXPECT_EQ(r.node().node().area(), "N1");
  EXPECT_FALSE(r.has_judged_as());
  EXPECT_EQ(r.open_alert(), "");
  EXPECT_EQ(r.basis().data_through(), "2019-05");
  EXPECT_FALSE(r.basis().suppressed());
  ASSERT_EQ(r.gates_size(), 8);
  EXPECT_EQ(r.gates(0).kind(), alerts_pb::GATE_KIND_HEARD);
  EXPECT_EQ(r.gates(3).kind(), alerts_pb::GATE_KIND_STOCK);
  EXPECT_TRUE(r.gates(3).passed());
  EXPECT_EQ(r.gates(3).needed(), 100);
  EXPECT_THAT(r.gates(3).text(), HasSubstr("businesses, at least 100"));
  EXPECT_EQ(r.gates(5).kind(), alerts_pb::GATE_KIND_OWN_LEVEL);
  EXPECT_FALSE(r.gates(5).passed());
  EXPECT_EQ(r.gates(5).found(), r.evidence().p());
}

TEST_F(JudgementTest, AnEqualNodeIsNamed) {
  served_.topics = {domain::Topic::kRegistrations};
  live(40);
  const auto& r = ask("R1", "", "");
  EXPECT_EQ(r.node().display_name(), "All sectors, Realm");
  EXPECT_EQ(r.judged_as().display_name(), "Food products, North One");
  EXPECT_EQ(r.judged_as().node().sector(), "10");
  EXPECT_THAT(r.why(), HasSubstr("Judged as the equal node Food products, North One"));
}

// North One and North hold the same facts unless somebody asked for help in North Two.
TEST_F(JudgementTest, WhetherNodesAreEqualDoesNotTellThatSomebodyAskedForHelp) {
  live(28);
  std::map<std::string, std::string> before;
  for (const char* rule : {"R1", "R2", "R12"})
    before[rule] = ask(rule, "N", "all").SerializeAsString();
  served_.count(Measure::kEnquiries, "2019-05", 1, "N2", "46");
  served_.publish("2019-05");
  EXPECT_FALSE(ask("R2", "N", "all").has_judged_as());
  EXPECT_EQ(response_.SerializeAsString(), before["R2"]);
  // p is adjusted for the number of tested series, which is one more.
  for (const char* rule : {"R1", "R12"}) {
    alerts_pb::GetJudgementResponse was;
    ASSERT_TRUE(was.ParseFromString(before[rule]));
    alerts_pb::GetJudgementResponse is = ask(rule, "N", "all");
    for (auto* r : {&was, &is}) {
      r->mutable_evidence()->clear_p_adjusted();
      for (alerts_pb::Gate& g : *r->mutable_gates()) {
        if (g.kind() == alerts_pb::GATE_KIND_TOGETHER) g.Clear();
      }
    }
    EXPECT_EQ(is.SerializeAsString(), was.SerializeAsString()) << rule;
  }
}

TEST_F(JudgementTest, AnOpenAlertIsNamed) {
  live(5);
  ::bellwether::alerts::TickEvaluated tick;
  tick.tick = Served::month("2019-05");
  tick.book_offset = base::JournalOffset(100);
  AlertUpdate u;
  u.key = {"R1", "N1", "10"};
  u.raised = u.onset = tick.tick;
  u.transition = ::bellwether::alerts::TransitionKind::kRaised;
  tick.updates = {u};
  served_.tell(tick);
  EXPECT_EQ(ask("R1").open_alert(), "alerts/R1.N1.10.2019-05");
  EXPECT_TRUE(response_.hit());
  EXPECT_THAT(response_.why(), StartsWith("The alert R1.N1.10.2019-05 is open since 2019-05. At "
                                          "the last tick: the rule hits: p "));
  EXPECT_EQ(ask("R1", "N", "C").open_alert(), "alerts/R1.N1.10.2019-05");
}

TEST_F(JudgementTest, ASourceIsAskedByItsTopic) {
  live(40);
  const auto& r = ask("R0", "registrations", "");
  EXPECT_TRUE(r.judged());
  EXPECT_EQ(r.node().display_name(), "registrations");
  EXPECT_NEAR(r.evidence().expected(), 70, 3);
  EXPECT_FALSE(r.basis().suppressed());
  expect_bad(question("R0", "N1", ""), "node.area", "there are registrations, support");
  expect_bad(question("R0", "support", "10"), "node.sector", "leave it empty");
}

TEST_F(JudgementTest, EveryWrongFieldIsNamed) {
  live(40);
  expect_bad(question("R99", "N1", "10"), "rule", "no rule \"R99\"; there are R0, R1, ");
  expect_bad(question("", "N1", "10"), "rule", "there are R0");
  for (const char* field : {"node.area", "node.sector"})
    expect_bad(question("R1", "Z", "Q"), field, "names them all");
  alerts_pb::GetJudgementRequest past = question("R1", "N1", "10");
  past.mutable_as_of()->set_revision(-1);
  expect_bad(past, "as_of.revision", "basis.revision");
  past.mutable_as_of()->set_revision(3);
  grpc::Status const status = status_of(past);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_THAT(status.error_message(), HasSubstr("from 5 to 7"));
}

TEST_F(JudgementTest, BeforeTheFirstTickNothingIsJudged) {
  const auto& r = ask("R1");
  EXPECT_FALSE(r.judged());
  EXPECT_EQ(r.why(), "No alert: no period is complete yet.");
  EXPECT_FALSE(r.has_evidence());
}

TEST_F(JudgementTest, ANodeOutOfScopeHasNoEvidence) {
  live(40);
  const auto& r = ask("R1", "N1", "unclassified");
  EXPECT_FALSE(r.judged());
  EXPECT_FALSE(r.has_evidence());
  ASSERT_EQ(r.gates_size(), 1);
  EXPECT_EQ(r.gates(0).kind(), alerts_pb::GATE_KIND_CLASSIFIED);
}

// The service answers one question after the other and refuses those that would wait too long.
TEST_F(JudgementTest, QuestionsAtTheSameTimeGetTheirOwnAnswers) {
  live(28);
  std::map<std::string, std::string> expected;
  for (const char* rule : {"R1", "R2", "R12"}) expected[rule] = ask(rule).SerializeAsString();
  std::atomic<int> answered = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 2 * kJudgementsMax; ++i) {
    clients.emplace_back([&, i] {
      std::string const rule = std::array{"R1", "R2", "R12"}[static_cast<size_t>(i) % 3];
      grpc::ClientContext call;
      alerts_pb::GetJudgementResponse response;
      grpc::Status const status =
          served_.judgements->GetJudgement(&call, question(rule, "N1", "10"), &response);
      if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) return;
      EXPECT_TRUE(status.ok()) << status.error_message();
      EXPECT_EQ(response.SerializeAsString(), expected.at(rule));
      ++answered;
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_GE(answered, kJudgementsMax);
}

// --- people who asked for help -------------------------------------------------------------------

// The answers about a support desk with so many enquiries a month, and so many about distress in
// the last month.
class DeskJudgementTest : public ::testing::Test {
 protected:
  static void fill(Served& served, int32_t enquiries, int32_t distress, int32_t last_distress) {
    served.count(Measure::kBirths, "2010-01", 5000);
    for (base::PeriodIndex t = Served::month("2014-06"); t <= Served::month("2019-05"); ++t.value) {
      std::string const month = kServedMonths.name(t);
      bool const last = t == Served::month("2019-05");
      served.count(Measure::kBirths, month, 40);
      int32_t const about_distress = last ? last_distress : distress;
      for (auto [measure, n] : {std::pair{Measure::kInteractions, enquiries},
                                {Measure::kEnquiries, enquiries},
                                {Measure::kEnquiriesDistress, about_distress},
                                {Measure::kResponse5, enquiries}}) {
        if (n > 0) served.count(measure, month, n);
      }
    }
    served.publish("2019-05");
  }
  static alerts_pb::GetJudgementResponse ask(Served& served, const std::string& rule) {
    grpc::ClientContext call;
    alerts_pb::GetJudgementRequest request;
    request.set_rule(rule);
    request.mutable_node()->set_area(rule == "R0" ? "support" : "N1");
    if (rule != "R0") request.mutable_node()->set_sector("10");
    alerts_pb::GetJudgementResponse response;
    grpc::Status const status = served.judgements->GetJudgement(&call, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  static bellwether::indicators::v1::Value indicator(Served& served, const std::string& name) {
    grpc::ClientContext call;
    bellwether::indicators::v1::GetIndicatorRequest request;
    request.set_name(name);
    request.mutable_node()->set_area("N1");
    request.mutable_node()->set_sector("10");
    bellwether::indicators::v1::GetIndicatorResponse response;
    EXPECT_TRUE(served.indicators->GetIndicator(&call, request, &response).ok());
    return response.value();
  }
  static void expect_no_figures(const alerts_pb::GetJudgementResponse& r) {
    const alerts_pb::Evidence& e = r.evidence();
    EXPECT_EQ(e.expected(), 0);
    EXPECT_EQ(e.lower(), 0);
    EXPECT_EQ(e.upper(), 0);
    EXPECT_EQ(e.z(), 0);
    EXPECT_EQ(e.cusum(), 0);
    EXPECT_EQ(e.contributions_size(), 0);
    EXPECT_TRUE(r.basis().suppressed());
    for (const alerts_pb::Gate& g : r.gates()) {
      EXPECT_TRUE(g.kind() < alerts_pb::GATE_KIND_BEYOND || g.kind() == alerts_pb::GATE_KIND_SHOWN)
          << g.text();
      if (g.kind() != alerts_pb::GATE_KIND_STOCK) {
        EXPECT_EQ(g.found(), 0) << g.text();
      }
    }
  }
};

TEST_F(DeskJudgementTest, AFigureThatTheIndicatorsTellIsToldAsThere) {
  Served served;
  fill(served, 102, 20, 23);
  alerts_pb::GetJudgementResponse const share = ask(served, "R6");
  EXPECT_TRUE(share.judged());
  EXPECT_EQ(share.evidence().observed(), indicator(served, "distress_share_28d").value());
  EXPECT_EQ(share.evidence().observed(), 25);
  EXPECT_NEAR(share.evidence().cusum_threshold(), 5.071, 1e-9);
  EXPECT_EQ(share.why(), "No alert: the condition of the rule does not hold.");
  EXPECT_TRUE(share.basis().rounded());
  expect_no_figures(share);
  alerts_pb::GetJudgementResponse const hours = ask(served, "R9");
  EXPECT_EQ(hours.evidence().observed(), indicator(served, "first_response_p90_28d").value());
  EXPECT_EQ(hours.evidence().limit(), 40);
  EXPECT_NE(hours.basis().working_hours(), "");
  expect_no_figures(hours);
}

// The whole answers are equal, byte by byte.
TEST_F(DeskJudgementTest, CountsThatTheIndicatorsTellAlikeHaveTheSameAnswer) {
  for (const char* rule : {"R0", "R6", "R9"}) {
    std::string rounded[2];
    std::string withheld[2];
    for (size_t i : {0, 1}) {
      Served served;
      fill(served, 102, 20, i == 0 ? 23 : 27);
      rounded[i] = ask(served, rule).SerializeAsString();
      Served small;
      fill(small, 102, 0, i == 0 ? 0 : 9);
      withheld[i] = ask(small, rule).SerializeAsString();
    }
    EXPECT_EQ(rounded[0], rounded[1]) << rule;
    EXPECT_EQ(withheld[0], withheld[1]) << rule;
  }
}

// A rule on a count, and one on several of which one is about people.
TEST_F(DeskJudgementTest, EveryKindOfRuleIsProtected) {
  using ::bellwether::alerts::CompositeRule;
  using ::bellwether::alerts::CountRule;
  ::bellwether::alerts::RuleSet rules = ::bellwether::alerts::default_rules(kServedMonths);
  ::bellwether::alerts::Rule count = *::bellwether::alerts::find_rule(rules, "R1");
  count.id = "X1";
  std::get<CountRule>(count.detail).measure = Measure::kInteractions;
  ::bellwether::alerts::Rule composite = *::bellwether::alerts::find_rule(rules, "R13");
  composite.id = "X2";
  composite.enabled = true;
  std::get<CompositeRule>(composite.detail).parts = {{Measure::kBirths, base::Harm::kLow},
                                                     {Measure::kInteractions, base::Harm::kHigh}};
  ::bellwether::alerts::Rule second = *::bellwether::alerts::find_rule(rules, "R1");
  second.id = "X3";
  std::get<CountRule>(second.detail).second = {domain::Indicator::kDistressShare, 1};
  rules.rules.insert(rules.rules.end(), {count, composite, second});
  for (const char* rule : {"X1", "X2", "X3"}) {
    std::string shown[2];
    std::string withheld[2];
    for (int32_t i : {0, 1}) {
      Served served;
      served.tell(::bellwether::alerts::RuleSetActivated{rules, "test", served.now});
      fill(served, 98, 20, 23 + i);
      served.count(Measure::kInteractions, "2019-05", 4 * i);
      served.publish("2019-05");
      alerts_pb::GetJudgementResponse const told = ask(served, rule);
      expect_no_figures(told);
      EXPECT_TRUE(told.judged()) << rule;
      shown[i] = told.SerializeAsString();
      Served small;
      small.tell(::bellwether::alerts::RuleSetActivated{rules, "test", small.now});
      fill(small, i == 0 ? 0 : 9, 0, 0);
      expect_no_figures(ask(small, rule));
      withheld[i] = ask(small, rule).SerializeAsString();
    }
    EXPECT_EQ(shown[0], shown[1]) << rule;
    if (rule != std::string("X3")) {
      EXPECT_EQ(withheld[0], withheld[1]) << rule;
    }
  }
}

TEST_F(DeskJudgementTest, AFigureThatTheIndicatorsWithholdIsNotTold) {
  Served served;
  fill(served, 8, 0, 7);
  for (const char* rule : {"R6", "R9"}) {
    EXPECT_NE(indicator(served,
                        rule == std::string("R6") ? "distress_share_28d" : "first_response_p90_28d")
                  .not_available(),
              "");
    alerts_pb::GetJudgementResponse const r = ask(served, rule);
    EXPECT_FALSE(r.judged());
    EXPECT_FALSE(r.hit());
    EXPECT_FALSE(r.has_evidence());
    EXPECT_THAT(r.why(), AllOf(StartsWith("No alert: not told: "), Not(HasSubstr("8")),
                               Not(HasSubstr("7"))));
    EXPECT_EQ(r.gates(r.gates_size() - 1).kind(), alerts_pb::GATE_KIND_SHOWN);
    expect_no_figures(r);
  }
}

// A desk without a single case looks like one with a few, also while the source is silent.
TEST_F(DeskJudgementTest, ASmallDeskAnswersAlikeWhateverItsPast) {
  for (bool const silent : {false, true}) {
    std::string first;
    for (int32_t enquiries : {0, 1, 5, 9}) {
      Served served;
      fill(served, 0, 0, 0);
      for (base::PeriodIndex t = Served::month("2014-06"); t <= Served::month("2019-05");
           ++t.value) {
        if (!silent || t < Served::month("2019-05"))
          served.count(Measure::kInteractions, kServedMonths.name(t), 200, "S1", "46");
      }
      if (enquiries > 0) {
        served.count(Measure::kEnquiries, "2019-02", enquiries);
        served.count(Measure::kEnquiriesDistress, "2019-02", (enquiries + 1) / 2);
      }
      served.publish("2019-05");
      alerts_pb::GetJudgementResponse const answer = ask(served, "R6");
      EXPECT_EQ(answer.why(), silent ? "No alert: suspended: source silent: support."
                                     : "No alert: not told: enquiries below 10.");
      if (first.empty()) first = answer.SerializeAsString();
      EXPECT_EQ(answer.SerializeAsString(), first) << enquiries;
    }
  }
}

}  // namespace
}  // namespace bellwether::rpc
