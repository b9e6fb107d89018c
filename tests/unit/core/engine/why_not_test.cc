// Each reason of each kind of rule, in words.
#include "core/engine/why_not.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "region.h"

namespace bellwether::engine {
namespace {

using alerts::CountRule;
using alerts::Rule;
using indicators::Node;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// What happens in a month at North One's food products.
struct Month {
  int births = 40;
  int deaths = 30;
  int enquiries = 100;
  int distress = 20;
  int answers = 60;
  Measure answered = Measure::kResponse5;
};

class WhyNotTest : public ::testing::Test {
 protected:
  WhyNotTest() { restart(alerts::default_rules(kMonths)); }

  // Begins again with other rules and an opening stock.
  void restart(alerts::RuleSet rules, int stock = 5000, const EvaluatorOptions& with = options()) {
    region_ = std::make_unique<Region>(std::move(rules), with);
    topics_ = with.topics;
    t_ = kBegin.value;
    if (stock > 0) region_->add(t_, {delta(Measure::kBirths, t_ - 200, stock)});
  }
  static alerts::RuleSet changed(const std::string& id, const std::function<void(Rule&)>& change) {
    alerts::RuleSet rules = alerts::default_rules(kMonths);
    for (Rule& r : rules.rules) {
      if (r.id == id) change(r);
    }
    return rules;
  }
  static alerts::RuleSet scoped(const std::string& id,
                                const std::function<void(alerts::NodeScope&)>& change) {
    return changed(id, [&](Rule& r) { change(*alerts::node_scope(r)); });
  }
  std::vector<Delta> deltas(const Month& m) const {
    int const wiggle = t_ * 7 % 9 - 4;
    std::vector<Delta> out;
    for (auto [measure, n] :
         {std::pair{Measure::kBirths, m.births > 9 ? m.births + wiggle : m.births},
          {Measure::kDeaths, m.deaths > 9 ? m.deaths - wiggle : m.deaths},
          {Measure::kEnquiries, m.enquiries},
          {Measure::kInteractions, m.enquiries},
          {Measure::kEnquiriesDistress, m.distress + (m.distress > 0 ? t_ % 2 : 0)},
          {m.answered, m.answers}}) {
      if (n > 0) out.push_back(delta(measure, t_, n));
    }
    return out;
  }
  // Lives through months without judging them.
  void pass_months(int n, const Month& m = {}) {
    for (; n > 0; --n, ++t_) region_->add(t_, deltas(m));
  }
  void judge_month(const Month& m = {}) {
    before_ = std::make_shared<const alerts::Book>(region_->book);
    region_->tick(t_, deltas(m));
    ++t_;
  }
  // The answer to a question about the last month.
  std::string ask(const std::string& rule, AskedAt at) {
    auto const view = std::make_shared<const View>(region_->view());
    judgement_ = TickAgain({view, before_, topics_}).judge({rule, at});
    const Rule& asked = *alerts::find_rule(*before_->rule_set(), rule);
    const alerts::Alert* open = nullptr;
    if (const Node* const node = std::get_if<Node>(&at)) {
      Node const judged = judgement_.judged_as.value_or(*node);
      open = open_alert(*view->book, rule, testing::world().areas.at(judged.area).code,
                        testing::world().sectors.at(judged.sector).code);
    }
    return why(*view, asked, judgement_, open);
  }
  std::string ask(const std::string& rule, std::string_view area = "N1",
                  std::string_view sector = "10") {
    return ask(rule, Node{testing::area(area), testing::sector(sector)});
  }
  const alerts::Evidence& evidence() const { return judgement_.signal.evidence; }

  std::unique_ptr<Region> region_;
  std::shared_ptr<const alerts::Book> before_;
  std::vector<domain::Topic> topics_;
  Judgement judgement_;
  int32_t t_ = 0;
};

// --- all rules on nodes --------------------------------------------------------------------------

TEST_F(WhyNotTest, ANodeOutOfScope) {
  restart(scoped("R1", [](alerts::NodeScope& s) { s.area_levels = {"country", "region"}; }));
  pass_months(20);
  judge_month();
  EXPECT_EQ(
      ask("R1"),
      "No alert: out of scope of the rule: it judges only areas of the level country, region.");
  EXPECT_EQ(
      ask("R1", "HUB"),
      "No alert: out of scope of the rule: it judges only areas of the level country, region.");
  EXPECT_EQ(ask("R2", "N1", "unclassified"),
            "No alert: out of scope of the rule: businesses without a sector are not judged.");
  restart(scoped("R1", [](alerts::NodeScope& s) { s.sector_levels = {"section"}; }));
  pass_months(10);
  judge_month();
  EXPECT_EQ(ask("R1"),
            "No alert: out of scope of the rule: it judges only sectors of the level section.");
  EXPECT_EQ(ask("R2", "HUB"),
            "No alert: out of scope of the rule: the area does not exist in 2010-11.");
  EXPECT_FALSE(judgement_.signal.assessed);
}

TEST_F(WhyNotTest, ADisabledRule) {
  judge_month();
  EXPECT_EQ(ask("R13"), "No alert: the rule is disabled.");
}

TEST_F(WhyNotTest, ASeriesThatWasNeverSeen) {
  pass_months(20);
  judge_month();
  EXPECT_THAT(ask("R5"), StartsWith("No alert: nothing of this series is kept"));
  EXPECT_THAT(ask("R6", "S2"), StartsWith("No alert: nothing of this series is kept"));
}

TEST_F(WhyNotTest, ASilentSource) {
  pass_months(84);
  judge_month({.births = 0, .deaths = 0});
  for (const char* rule : {"R1", "R2", "R12"})
    EXPECT_EQ(ask(rule), "No alert: suspended: source silent: registrations.") << rule;
  EXPECT_FALSE(has_figures(judgement_.gates));
  judge_month({.enquiries = 0, .distress = 0, .answers = 0});
  EXPECT_EQ(ask("R6"), "No alert: suspended: source silent: support.");
  EXPECT_EQ(ask("R9"), "No alert: suspended: source silent: support.");
}

TEST_F(WhyNotTest, AnEqualNodeIsJudgedInItsPlace) {
  pass_months(84);
  judge_month();
  EXPECT_THAT(ask("R1", "N", "C"),
              StartsWith("Judged as the equal node Food products, North One, which holds the same "
                         "facts. No alert: "));
  EXPECT_EQ(ask("R1", "N", "C").substr(80), ask("R1", "R", "all").substr(80));
}

TEST_F(WhyNotTest, AnOpenAlertIsNamed) {
  pass_months(84);
  judge_month({.births = 10});
  EXPECT_THAT(ask("R1"), StartsWith("The alert R1.N1.10.2017-01 is open since 2017-01. At the last "
                                    "tick: the rule hits: p "));
  EXPECT_TRUE(judgement_.signal.hit);
  judge_month({.births = 90});
  EXPECT_THAT(
      ask("R1", "N1", "C"),
      AllOf(StartsWith("The alert R1.N1.10.2017-01 is open since 2017-01. Judged as"),
            HasSubstr("At the last tick: the latest periods do not deviate towards harm: -")));
}

// --- counts --------------------------------------------------------------------------------------

TEST_F(WhyNotTest, ACountWithTooLittleHistory) {
  restart(alerts::default_rules(kMonths), 0);
  pass_months(4);
  judge_month();
  EXPECT_EQ(ask("R1"), "No alert: cannot be assessed: too little history.");
  EXPECT_EQ(evidence().period.value, t_ - 1);
}

TEST_F(WhyNotTest, ACountBelowTheGateOfExpectedCounts) {
  pass_months(84, {.births = 3});
  judge_month({.births = 3});
  EXPECT_EQ(ask("R1"), "No alert: expected count of 3.0 in a month is below the rule's gate of 5.");
  EXPECT_NEAR(evidence().expected, 3, 0.01);
  EXPECT_EQ(evidence().observed, 3);
  EXPECT_GT(evidence().upper, 3);
  EXPECT_EQ(evidence().memory_periods, 0) << "it was not tested";
  EXPECT_FALSE(judgement_.signal.assessed);
}

TEST_F(WhyNotTest, ANodeWithFewBusinesses) {
  restart(alerts::default_rules(kMonths), 0);
  pass_months(84, {.births = 40, .deaths = 40});
  judge_month({.births = 40, .deaths = 40});
  for (const char* rule : {"R1", "R2", "R12"}) {
    EXPECT_THAT(ask(rule), AllOf(HasSubstr("stock of "), HasSubstr(" businesses is below the "
                                                                   "rule's gate of 100")))
        << rule;
    EXPECT_TRUE(has_figures(judgement_.gates)) << rule;
    EXPECT_FALSE(judgement_.signal.hit) << rule;
  }
}

TEST_F(WhyNotTest, ACountThatDoesNotDeviate) {
  pass_months(84);
  judge_month({.births = 50});
  EXPECT_THAT(ask("R1"),
              AllOf(StartsWith("No alert: the latest periods do not deviate towards harm: -"),
                    HasSubstr(" standard deviations, and a hit needs 1.")));
  EXPECT_NE(evidence().memory_periods, 0);
  EXPECT_TRUE(judgement_.signal.assessed);
}

TEST_F(WhyNotTest, ACountThatDeviatesTooLittle) {
  pass_months(84);
  judge_month({.births = 28});
  EXPECT_THAT(ask("R1"), AllOf(StartsWith("No alert: p 0."),
                               HasSubstr(": by chance an ordinary series goes this far "),
                               HasSubstr("; the level is once in 12 years (p 0.00")));
  ASSERT_EQ(judgement_.gates.size(), 8u);
  EXPECT_EQ(judgement_.gates[5].kind, GateKind::kOwnLevel);
  EXPECT_EQ(judgement_.gates[5].found, evidence().p);
  EXPECT_EQ(judgement_.gates[6].kind, GateKind::kTogether);
  EXPECT_EQ(judgement_.gates[6].found, evidence().p_adjusted);
  EXPECT_EQ(judgement_.gates[7].kind, GateKind::kWithRegion);
}

TEST_F(WhyNotTest, ASecondConditionThatDoesNotHold) {
  restart(changed("R1", [](Rule& r) {
    std::get<CountRule>(r.detail).second = {indicators::Indicator::kNetBirthRate, -50};
  }));
  pass_months(84);
  judge_month({.births = 10});
  EXPECT_THAT(ask("R1"), AllOf(StartsWith("No alert: the second condition does not hold: Net birth "
                                          "rate, 12 months "),
                               HasSubstr(" % is not below -50 %.")));
  EXPECT_FALSE(judgement_.signal.hit);
  EXPECT_NE(evidence().hit_by, detection::HitBy::kNothing);
}

// --- limits --------------------------------------------------------------------------------------

TEST_F(WhyNotTest, AnIndicatorWithinItsLimit) {
  pass_months(60);
  judge_month();
  EXPECT_THAT(ask("R2"), HasSubstr(" % is not below the limit of 0 %."));
  EXPECT_LT(evidence().lower, evidence().observed);
  EXPECT_EQ(ask("R9"), "No alert: 3.9 working hours is not above the limit of 40 working hours.");
  EXPECT_EQ(evidence().limit, 40);
}

TEST_F(WhyNotTest, AnIndicatorBeyondItsLimitForTooShort) {
  pass_months(60);
  pass_months(5, {.births = 20, .deaths = 60});
  judge_month({.births = 20, .deaths = 60});
  EXPECT_THAT(ask("R2"),
              HasSubstr("below the limit for only 4 periods in a row; the rule asks for 6"));
}

TEST_F(WhyNotTest, AnIndicatorThatMayBeBeyondItsLimitByChance) {
  pass_months(60);
  pass_months(18, {.births = 28, .deaths = 30});
  judge_month({.births = 28, .deaths = 30});
  EXPECT_THAT(ask("R2"),
              AllOf(StartsWith("No alert: it may be chance: the 99.9 % interval reaches to "),
                    HasSubstr(" %, which is not below the limit of 0 %.")));
  EXPECT_FALSE(judgement_.signal.hit);
}

TEST_F(WhyNotTest, AnIndicatorWithoutAValue) {
  pass_months(60);
  judge_month({.answers = 7});
  EXPECT_EQ(ask("R9"), "No alert: cannot be assessed: interactions with a response below 10.");
}

TEST_F(WhyNotTest, ALimitThatHits) {
  pass_months(60);
  judge_month({.answered = Measure::kResponse14});
  EXPECT_THAT(ask("R9"),
              HasSubstr("the rule hits: 78 working hours is above the limit of 40 working "
                        "hours; all of the 99.9 % "
                        "interval is above the limit."));
}

// --- shares --------------------------------------------------------------------------------------

TEST_F(WhyNotTest, AShareWithoutAChange) {
  pass_months(60);
  judge_month();
  EXPECT_THAT(ask("R6"), AllOf(StartsWith("No alert: the change statistic is "),
                               HasSubstr("; the rule's threshold is 5.1.")));
  EXPECT_NEAR(evidence().expected, 20.5, 0.3);
  EXPECT_LT(evidence().p_adjusted, 1.0001);
}

TEST_F(WhyNotTest, AShareOfTooFewCases) {
  alerts::RuleSet rules = alerts::default_rules(kMonths);
  std::erase_if(rules.rules, [](const Rule& r) { return r.id == "R0"; });
  restart(rules);
  pass_months(60);
  pass_months(2, {.enquiries = 1, .distress = 0});
  judge_month({.enquiries = 1, .distress = 0});
  EXPECT_EQ(ask("R6"), "No alert: cannot be assessed: too few cases in the period.");
}

// --- composites ----------------------------------------------------------------------------------

TEST_F(WhyNotTest, ACompositeWithoutAChange) {
  restart(changed("R13", [](Rule& r) { r.enabled = true; }));
  pass_months(84);
  judge_month();
  EXPECT_THAT(ask("R13"), AllOf(StartsWith("No alert: the change statistic is "),
                                HasSubstr("; the rule's threshold is 5.1.")));
  ASSERT_EQ(judgement_.gates.back().kind, GateKind::kTogether);
  EXPECT_EQ(judgement_.gates.back().needed, 0.05);
  EXPECT_EQ(evidence().contributions.size(), 2u);
}

TEST_F(WhyNotTest, ACompositeOfOneCount) {
  restart(changed("R13", [](Rule& r) { r.enabled = true; }));
  pass_months(84, {.deaths = 0});
  judge_month({.deaths = 0});
  EXPECT_EQ(
      ask("R13"),
      "No alert: cannot be assessed: fewer than two of its counts can be assessed by season.");
}

TEST_F(WhyNotTest, ACompositeWhoseSecondConditionDoesNotHold) {
  restart(changed("R13", [](Rule& r) {
    r.enabled = true;
    std::get<alerts::CompositeRule>(r.detail).second = {indicators::Indicator::kNetBirthRate, -50};
  }));
  pass_months(84);
  pass_months(3, {.births = 15, .deaths = 60});
  judge_month({.births = 15, .deaths = 60});
  EXPECT_THAT(ask("R13"), StartsWith("No alert: the second condition does not hold: "));
}

TEST_F(WhyNotTest, ALimitWhoseSecondConditionDoesNotHold) {
  auto const with_second = [&](double below) {
    restart(changed("R2", [&](Rule& r) {
      auto& limit = std::get<alerts::LimitRule>(r.detail);
      limit.persistence = 1;
      limit.second = {indicators::Indicator::kChurn, below};
    }));
    pass_months(84);
    pass_months(12, {.births = 15, .deaths = 60});
    judge_month({.births = 15, .deaths = 60});
  };
  with_second(1);
  EXPECT_THAT(ask("R2"), AllOf(StartsWith("No alert: the second condition does not hold: Churn, 12 "
                                          "months "),
                               HasSubstr(" % is not below 1 %.")));
  EXPECT_EQ(open_alert(region_->book, "R2", "N1", "10"), nullptr);
  with_second(100);
  EXPECT_NE(open_alert(region_->book, "R2", "N1", "10"), nullptr);
}

// --- sources -------------------------------------------------------------------------------------

TEST_F(WhyNotTest, ASourceThatIsNotSilent) {
  pass_months(84);
  judge_month();
  EXPECT_THAT(
      ask("R0", domain::Topic::kRegistrations),
      AllOf(StartsWith("No alert: p "), HasSubstr(" of so low a volume by chance; the level "
                                                  "is 1e-06.")));
  EXPECT_GT(evidence().expected, 60);
  judge_month({.births = 15, .deaths = 12});
  EXPECT_THAT(ask("R0", domain::Topic::kRegistrations),
              HasSubstr(", at which the source counts as silent."));
}

TEST_F(WhyNotTest, ASourceOfLittleVolume) {
  pass_months(84, {.enquiries = 12, .distress = 3});
  judge_month({.enquiries = 12, .distress = 3});
  EXPECT_EQ(ask("R0", domain::Topic::kSupport),
            "No alert: expected volume of 12.0 is below 20: too little to tell silence.");
}

TEST_F(WhyNotTest, ASourceWithoutHistoryOrMeasures) {
  EvaluatorOptions with = options();
  with.topics.push_back(domain::Topic::kProcurement);
  restart(alerts::default_rules(kMonths), 5000, with);
  pass_months(3);
  judge_month();
  EXPECT_EQ(ask("R0", domain::Topic::kSupport),
            "No alert: cannot be assessed: too little history.");
  EXPECT_EQ(ask("R0", domain::Topic::kProcurement),
            "No alert: cannot be assessed: no measure rests on this topic.");
}

// --- single gates --------------------------------------------------------------------------------

TEST(GateTextTest, EveryGateIsToldWithAndWithoutItsFigure) {
  View view;
  view.reference = shared_world();
  view.calendar = kWeeks;
  alerts::RuleSet const rules = alerts::default_rules(kWeeks);
  auto const text = [&](Gate gate, const char* rule = "R1") {
    return text_of(view, *alerts::find_rule(rules, rule), {}, gate);
  };
  EXPECT_EQ(text(at_least(GateKind::kExpected, 3.1, 8)),
            "expected count of 3.1 in four weeks is below the rule's gate of 8");
  EXPECT_EQ(text({GateKind::kExpected, false, kNoFigure, 8}),
            "expected count in four weeks is below the rule's gate of 8");
  EXPECT_EQ(text(at_least(GateKind::kStock, 40, 100)),
            "stock of 40 businesses is below the rule's gate of 100");
  EXPECT_EQ(text(at_least(GateKind::kStock, 400, 100)), "stock of 400 businesses, at least 100");
  EXPECT_EQ(text(at_most(GateKind::kOwnLevel, 0.3, 1e-4)).substr(0, 64),
            "p 0.3: by chance an ordinary series goes this far 4 times a year");
  EXPECT_EQ(text(at_most(GateKind::kTogether, 0.9, 0.05)),
            "among all series of the tick p counts as 0.9; the level is 0.05");
  EXPECT_EQ(text({GateKind::kWithRegion, true, 2, 1.2816}),
            "the whole region deviates, and this part of it by 2.0 standard deviations");
  EXPECT_EQ(text({GateKind::kWithRegion, false, 2, 1.2816}),
            "the whole region does not deviate at its level");
  EXPECT_EQ(text({GateKind::kWithRegion, false, 0.5, 1.2816}),
            "even if the whole region deviates, this part follows it too little: 0.5 standard "
            "deviations, and a hit needs "
            "1.3 standard deviations");
  EXPECT_EQ(text({GateKind::kBeyond, true, 45, 40}, "R9"),
            "45 working hours is above the limit of 40 working hours");
  EXPECT_EQ(text({GateKind::kInARow, false, 1, 26}, "R2"),
            "below the limit for only 1 period in a row; the rule asks for 26");
  EXPECT_EQ(text(at_most(GateKind::kVolume, 3, 5), "R0"),
            "3 events are at most 5, at which the source counts as silent");
  for (size_t kind = 0; kind < kGateKinds; ++kind) {
    if (static_cast<GateKind>(kind) == GateKind::kSecond) continue;  // R1 has none
    const char* const rule = kind >= static_cast<size_t>(GateKind::kBeyond) &&
                                     kind <= static_cast<size_t>(GateKind::kSure)
                                 ? "R2"
                                 : "R1";
    EXPECT_NE(text({static_cast<GateKind>(kind), false, 1, 2}, rule), "") << kind;
  }
}

}  // namespace
}  // namespace bellwether::engine
