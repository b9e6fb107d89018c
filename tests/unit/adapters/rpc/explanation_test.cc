// The explanation of an alert's evidence in words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "served.h"

namespace bellwether::rpc {
namespace {

namespace alerts_pb = bellwether::alerts::v1;
using ::bellwether::alerts::AlertUpdate;
using ::bellwether::alerts::Evidence;
using ::testing::HasSubstr;
using ::testing::Not;

class ExplanationTest : public ::testing::Test {
 protected:
  // Raises R1 in North One's food products in 2022-05 and explains the alert.
  alerts_pb::ExplainAlertResponse explain(const Evidence& evidence,
                                          const std::string& rule = "R1") {
    ::bellwether::alerts::TickEvaluated tick;
    tick.tick = Served::month("2022-05");
    tick.book_offset = base::JournalOffset(100);
    AlertUpdate u;
    u.key = {rule, "N1", "10"};
    u.raised = u.onset = tick.tick;
    u.severity = u.severity_max = ::bellwether::alerts::Severity::kAmber;
    u.transition = ::bellwether::alerts::TransitionKind::kRaised;
    u.evidence = evidence;
    u.evidence.period = tick.tick;
    tick.updates = {u};
    served_.tell(tick);
    grpc::ClientContext call;
    alerts_pb::ExplainAlertRequest request;
    request.set_name(rule + ".N1.10.2022-05");
    alerts_pb::ExplainAlertResponse response;
    EXPECT_TRUE(served_.alerts->ExplainAlert(&call, request, &response).ok());
    return response;
  }
  static std::string text_of(const alerts_pb::ExplainAlertResponse& response) {
    std::string text;
    for (const std::string& paragraph : response.text()) text += paragraph + "\n";
    return text;
  }
  static Evidence fall() {
    Evidence e;
    e.observed = 50;
    e.expected = 100;
    e.ratio = 0.5;
    e.baseline_periods = 12;
    e.baseline_first = Served::month("2021-03");
    e.baseline_last = Served::month("2022-02");
    return e;
  }
  Served served_;
};

TEST_F(ExplanationTest, AYoungSeriesIsExplainedWithoutASeason) {
  Evidence e = fall();
  e.baseline_kind = detection::BaselineKind::kRecent;
  auto const first_year = explain(e);
  EXPECT_EQ(first_year.alert().raised_evidence().baseline_kind(), alerts_pb::BASELINE_KIND_RECENT);
  EXPECT_THAT(text_of(first_year),
              HasSubstr("compared with its latest 12 months, which show no season"));
  EXPECT_THAT(text_of(first_year), HasSubstr("a season of 20 % is allowed for"));
  EXPECT_THAT(text_of(first_year), HasSubstr("at most amber"));
}

TEST_F(ExplanationTest, ASeriesOfMoreThanAYearNamesItsComparison) {
  Evidence e = fall();
  e.baseline_kind = detection::BaselineKind::kRecentAgainstYearBefore;
  e.year_before = -1.25;
  auto const later = explain(e);
  EXPECT_EQ(later.alert().evidence().baseline_kind(),
            alerts_pb::BASELINE_KIND_RECENT_AGAINST_YEAR_BEFORE);
  EXPECT_EQ(later.alert().evidence().year_before(), -1.25);
  EXPECT_THAT(
      text_of(later),
      HasSubstr("that of the same month a year before, which was -1.2 standard deviations"));
}

TEST_F(ExplanationTest, ASeasonalBaselineDoesNotMentionAYoungSeries) {
  auto const grown = explain(fall());
  EXPECT_EQ(grown.alert().evidence().baseline_kind(), alerts_pb::BASELINE_KIND_SEASONAL);
  EXPECT_THAT(text_of(grown), Not(HasSubstr("How young")));
}

TEST_F(ExplanationTest, ACompositeNamesItsCountsInWords) {
  Evidence e;
  e.observed = e.z = 3.1;
  e.lower = -1.96;
  e.upper = 1.96;
  e.cusum = 4;
  e.cusum_threshold = 5.071;
  e.contributions = {{"N1", "10", 50, 100, 0.6, "births", 2.7},
                     {"N1", "10", 40, 30, 0.4, "deaths", 1.8}};
  auto const response = explain(e, "R13");
  std::string const text = text_of(response);
  EXPECT_THAT(text, HasSubstr("2 counts of this node are combined"));
  EXPECT_THAT(text, HasSubstr("50 observed where 100 were expected, score +2.7, 60 % of the sum"));
  EXPECT_THAT(text, HasSubstr("deviations have added up since 2022-05"));
  EXPECT_THAT(text, Not(HasSubstr("What accounts for")));
  const alerts_pb::Evidence& told = response.alert().raised_evidence();
  ASSERT_EQ(told.contributions_size(), 2);
  EXPECT_EQ(told.contributions(1).measure(), "deaths");
  EXPECT_EQ(told.contributions(1).z(), 1.8);
  ASSERT_EQ(response.transitions_size(), 1);
  EXPECT_THAT(response.transitions(0).summary(),
              HasSubstr("score 3.1 standard deviations (births 50 observed, 100 expected, +2.7; "
                        "deaths"));
  EXPECT_EQ(response.alert().unit(), "standard_deviations");
  EXPECT_THAT(text, HasSubstr("combined score is 3.1 standard deviations"));
}

TEST_F(ExplanationTest, AShareIsInPercent) {
  Evidence e = fall();
  e.lower = 80;
  e.upper = 120;
  e.p = 0.001;
  e.p_adjusted = 0.02;
  e.cusum = 6.2;
  e.cusum_threshold = 5.071;
  std::string const text = text_of(explain(e, "R6"));
  EXPECT_THAT(text, HasSubstr("Distress share of enquiries in "));
  EXPECT_THAT(text, HasSubstr(", 2022-05: 50 % observed where 100 % were expected; 95 % of months "
                              "like this one lie between 80 % and 120 %. That is 50 % below "
                              "expectation.\n"));
  EXPECT_THAT(text,
              HasSubstr("How sure: the deviations have added up to 6.2 standard deviations. "
                        "The alert is raised at 5.1; if nothing but chance happened, a series "
                        "would go that far once in "));
  EXPECT_THAT(text, Not(HasSubstr("probability")));
  EXPECT_THAT(text,
              HasSubstr("it stood at 50 % observed, 100 % expected (50 % below expectation)."));
}

// How often a text says how surprising the alert is.
int surprises(const std::string& text) {
  int n = 0;
  for (std::string_view phrase : {" by chance", "nothing but chance", "are chance", "probability",
                                  "p =", "taken to follow"}) {
    for (size_t at = text.find(phrase); at != std::string::npos; at = text.find(phrase, at + 1))
      ++n;
  }
  return n;
}

TEST_F(ExplanationTest, S2_TheNumberThatDecidedIsToldOnceAndNoOther) {
  Evidence e = fall();
  e.cusum = 9;  // of counts, this only dates the onset
  e.p = 1e-4;
  e.p_adjusted = 0.16;
  e.memory_periods = 5;
  e.score = 4.2;
  e.hit_by = detection::HitBy::kOwnLevel;
  auto const own = explain(e);
  EXPECT_EQ(surprises(text_of(own)), 1) << text_of(own);
  EXPECT_THAT(text_of(own),
              HasSubstr("the latest 5 months together are unusual for this series. If "
                        "nothing but chance happened, an ordinary series would go "
                        "this far once in "));
  EXPECT_THAT(text_of(own), Not(HasSubstr("0.16")));
  EXPECT_GT(own.alert().raised_evidence().false_alarms_a_year(), 0);
}

TEST_F(ExplanationTest, S2_AnAlertOfManySeriesTellsTheShareThatIsChance) {
  Evidence e = fall();
  e.p = 1e-3;
  e.p_adjusted = 0.034;
  e.hit_by = detection::HitBy::kTogether;
  std::string const text = text_of(explain(e));
  EXPECT_EQ(surprises(text), 1) << text;
  EXPECT_THAT(text, HasSubstr("at most 3.4 % of the alerts raised with it are chance."));
}

TEST_F(ExplanationTest, S2_AnAlertThatFollowsTheRegionSaysSo) {
  Evidence e = fall();
  e.p = 0.05;
  e.hit_by = detection::HitBy::kParent;
  std::string const text = text_of(explain(e));
  EXPECT_EQ(surprises(text), 1) << text;
  EXPECT_THAT(text, HasSubstr("is taken to follow it"));
}

TEST_F(ExplanationTest, S2_AChangeStatisticTellsItself) {
  Evidence e = fall();
  e.cusum = e.cusum_threshold = 5.071;
  e.p_adjusted = 0.02;
  std::string const text = text_of(explain(e, "R6"));
  EXPECT_EQ(surprises(text), 1) << text;
  EXPECT_THAT(text, HasSubstr("added up to 5.1 standard deviations"));
}

TEST_F(ExplanationTest, S2_ACompositeBelowItsThresholdTellsTheShareThatIsChance) {
  Evidence e = fall();
  e.cusum = 4;
  e.cusum_threshold = 5.071;
  e.p_adjusted = 0.02;
  std::string const text = text_of(explain(e, "R13"));
  EXPECT_EQ(surprises(text), 1) << text;
  EXPECT_THAT(text, HasSubstr("at most 2 % of the alerts raised with it are chance."));
}

TEST_F(ExplanationTest, S2_SharesOfTheDifferenceAddUpToTheWhole) {
  Evidence e = fall();
  e.hit_by = detection::HitBy::kOwnLevel;
  e.contributions = {{"N1", "46", 10, 40, 0.62, "", 0},
                     {"N1", "47", 20, 43, 0.47, "", 0},
                     {"S1", "10", 15, 40, 0.5, "", 0}};
  std::string const text = text_of(explain(e));
  EXPECT_THAT(text, HasSubstr("What accounts for the difference, by sector: Wholesale 62 %, Retail "
                              "47 %, the rest -9 %; by area: South One 50 %, the rest 50 %. "));
}

TEST_F(ExplanationTest, ALimitSaysForHowLong) {
  Evidence e;
  e.observed = -1.25;
  auto const response = explain(e, "R2");
  EXPECT_EQ(response.alert().unit(), "percent");
  std::string const text = text_of(response);
  EXPECT_THAT(text, HasSubstr("Net birth rate, 12 months in "));
  EXPECT_THAT(text, HasSubstr("-1.2 % against a limit of 0 %, for 6 periods in a row.\n"));
  EXPECT_THAT(text, HasSubstr("What to do: roundtable, start-up support.\n"));
}

TEST_F(ExplanationTest, ACountNeedsNoUnit) {
  EXPECT_EQ(explain(fall()).alert().unit(), "count");
}

TEST_F(ExplanationTest, ARemovedRuleIsNamed) {
  auto const response = explain(fall(), "R99");
  EXPECT_EQ(response.alert().unit(), "");
  EXPECT_THAT(text_of(response),
              HasSubstr("Rule R99 raised this alert in 2022-05; it is no longer in the rule set."));
}

}  // namespace
}  // namespace bellwether::rpc
