#include "core/engine/judgement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/engine/rules/rule_kind.h"
#include "region.h"

namespace bellwether::engine {
namespace {

using alerts::AlertUpdate;
using alerts::Rule;
using indicators::Node;

// A town with a support desk, whose distress and answers get worse at a tick.
class Desk {
 public:
  explicit Desk(uint64_t seed) : random_(seed) {}
  void add_month(int32_t t, std::vector<Delta>& out) {
    bool const bad = t >= worse_from;
    for (std::string_view a : {"N1", "S2"}) {
      for (std::string_view s : {"10", "47"}) {
        int32_t const all = random_.between(30, 50);
        out.push_back(delta(Measure::kEnquiries, t, all, a, s));
        out.push_back(delta(Measure::kInteractions, t, all + 10, a, s));
        out.push_back(delta(Measure::kEnquiriesDistress, t,
                            all * random_.between(15, 25) / (bad && a == "N1" ? 40 : 100), a, s));
        out.push_back(delta(bad ? Measure::kResponse14 : Measure::kResponse5, t, all, a, s));
      }
    }
  }
  int32_t worse_from = INT32_MAX;

 private:
  Random random_;
};

// The default rules with the composite, and one that never hits because of its second condition.
alerts::RuleSet all_kinds() {
  alerts::RuleSet rules = alerts::default_rules(kMonths);
  for (Rule& r : rules.rules) r.enabled = true;
  Rule twice = *alerts::find_rule(rules, "R1");
  twice.id = "R1b";
  std::get<alerts::CountRule>(twice.detail).second = {indicators::Indicator::kNetBirthRate, 4};
  rules.rules.push_back(twice);
  return rules;
}

// Runs the tests of all rules at a tick. Keeps them, as an evaluator does.
class AllTests {
 public:
  explicit AllTests(const JudgedTick& tick) : tick_(tick) {
    for (const Rule& rule : tick_.before->rule_set()->rules)
      tests_.push_back(info(rule.kind()).make_test(rule, *tick_.view->panel));
  }
  alerts::TickEvaluated run(const Asked* asked) {
    const View& view = *tick_.view;
    PeriodIndex const t = *view.data_through;
    TickContext const context{*view.reference,
                              *view.panel,
                              *view.reported,
                              tick_.topics,
                              *tick_.before->rule_set(),
                              *tick_.before,
                              t,
                              workspace_,
                              view.reported->late(t),
                              asked};
    Verdict verdict{context, {}};
    for (bool const on_source : {true, false}) {
      for (const auto& test : tests_) {
        if ((test->rule().kind() == alerts::RuleKind::kSourceSilent) == on_source)
          test->test(context, verdict);
      }
    }
    std::ranges::sort(verdict.out.updates, {}, &AlertUpdate::key);
    judgement = verdict.judgement;
    return std::move(verdict.out);
  }
  std::optional<Judgement> judgement;  // of the last run

 private:
  JudgedTick tick_;
  std::vector<std::unique_ptr<RuleTest>> tests_;
  detection::Workspace workspace_;
};

class JudgementPropertyTest : public ::testing::Test {
 protected:
  // Asks about every node and rule at the tick.
  void ask_everything(const JudgedTick& tick, const alerts::TickEvaluated& verdict) {
    TickAgain again(tick);
    for (const Rule& rule : tick.before->rule_set()->rules) {
      if (rule.kind() == alerts::RuleKind::kSourceSilent) {
        for (domain::Topic topic : tick.topics) {
          compare(again, {rule.id, topic}, verdict,
                  alerts::AlertKey::of_source(rule.id, std::string(domain::name(topic))));
        }
        continue;
      }
      for (size_t n = 0; n < tick.view->panel->nodes(); ++n) {
        Node const node = tick.view->panel->node(n);
        compare(again, {rule.id, node}, verdict, {rule.id, "", ""});
      }
    }
  }
  void compare(TickAgain& again, const Asked& asked, const alerts::TickEvaluated& verdict,
               alerts::AlertKey key) {
    Judgement const j = again.judge(asked);
    if (const Node* const node = std::get_if<Node>(&asked.at)) {
      Node const judged = j.judged_as.value_or(*node);
      key.area = testing::world().areas.at(judged.area).code;
      key.sector = testing::world().sectors.at(judged.sector).code;
    }
    const AlertUpdate* const u = update_of(verdict, key.rule, key.area, key.sector);
    bool const hit = u != nullptr && u->open && (u->recent_hits & 1) != 0;
    EXPECT_EQ(j.signal.hit, hit) << key.rule << " " << key.area << " " << key.sector << " "
                                 << kMonths.name(verdict.tick);
    EXPECT_EQ(j.signal.hit, j.closed() == nullptr) << key.rule << " " << key.area;
    if (u != nullptr && j.signal.assessed) {
      EXPECT_EQ(u->evidence, j.signal.evidence) << key.rule << " " << key.area;
    }
    if (u != nullptr && !j.signal.assessed && key.rule != "R0") {
      EXPECT_EQ(u->suspended, j.signal.why_not) << key.rule << " " << key.area;
    }
    hits_[key.rule] += hit;
    ++asked_;
  }
  std::map<std::string, int> hits_;
  int asked_ = 0;
};

TEST_F(JudgementPropertyTest, AJudgementAgreesWithTheVerdictAndChangesNothing) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    Town town(seed);
    Desk desk(seed);
    town.fall_from = kBegin.value + 70;
    town.late_share = seed == 2 ? 0.1 : 0;
    desk.worse_from = kBegin.value + 72;
    Random random(seed);
    Region region(all_kinds());
    for (int32_t t = kBegin.value; t < kBegin.value + 84; ++t) {
      std::vector<Delta> month = town.month(t);
      desk.add_month(t, month);
      if (t < kBegin.value + 66) {
        region.add(t, month);
        continue;
      }
      auto const before = std::make_shared<const alerts::Book>(region.book);
      alerts::TickEvaluated const verdict = region.tick(t, month);
      if (!random.chance(0.3)) continue;
      JudgedTick const tick{std::make_shared<const View>(region.view()), before, options().topics};
      ask_everything(tick, verdict);

      AllTests all(tick);
      alerts::TickEvaluated const unasked = all.run(nullptr);
      EXPECT_FALSE(all.judgement);
      EXPECT_EQ(unasked.updates, verdict.updates) << "seed " << seed;
      for (int i = 0; i < 20; ++i) {
        const auto& rules = before->rule_set()->rules;
        const Rule& rule = rules[1 + random.below(rules.size() - 1)];
        Node const node = tick.view->panel->node(random.below(tick.view->panel->nodes()));
        Asked const asked{rule.id, node};
        alerts::TickEvaluated const told = all.run(&asked);
        EXPECT_EQ(told.updates, verdict.updates) << rule.id;
        EXPECT_EQ(verdict_digest(told.updates), verdict.verdict_digest);
        EXPECT_EQ(told.series_assessed, verdict.series_assessed) << rule.id;
      }
    }
  }
  for (const char* rule : {"R1", "R6", "R9", "R13"}) EXPECT_GT(hits_[rule], 0) << rule;
  EXPECT_GT(asked_, 1000);
}

// --- the question --------------------------------------------------------------------------------

class TickAgainTest : public ::testing::Test {
 protected:
  void live(alerts::RuleSet rules) {
    region_ = std::make_unique<Region>(std::move(rules));
    Town town(1);
    town.fall_from = kBegin.value + 80;
    for (int32_t t = kBegin.value; t < kBegin.value + 81; ++t) region_->add(t, town.month(t));
    before_ = std::make_shared<const alerts::Book>(region_->book);
    verdict_ = region_->tick(kBegin.value + 81, town.month(kBegin.value + 81));
  }
  JudgedTick tick() {
    return {std::make_shared<const View>(region_->view()), before_, options().topics};
  }
  static Asked asked(std::string rule, std::string_view area, std::string_view sector) {
    return {std::move(rule), Node{testing::area(area), testing::sector(sector)}};
  }
  std::unique_ptr<Region> region_;
  std::shared_ptr<const alerts::Book> before_;
  alerts::TickEvaluated verdict_;
};

TEST_F(TickAgainTest, QuestionsInAnyOrderGetTheSameAnswers) {
  live(all_kinds());
  TickAgain kept(tick());
  for (const char* rule : {"R1", "R1", "R13", "R2", "R1"}) {
    for (const char* sector : {"10", "47", "all"}) {
      Judgement const a = kept.judge(asked(rule, "R", sector));
      Judgement const b = TickAgain(tick()).judge(asked(rule, "R", sector));
      EXPECT_EQ(a.signal.hit, b.signal.hit) << rule << sector;
      EXPECT_EQ(a.signal.evidence, b.signal.evidence) << rule << sector;
      EXPECT_EQ(a.gates.size(), b.gates.size()) << rule << sector;
    }
  }
}

TEST_F(TickAgainTest, AHitTellsTheLevelThatWasReached) {
  live(all_kinds());
  Judgement const j = TickAgain(tick()).judge(asked("R1", "R", "10"));
  EXPECT_TRUE(j.signal.hit);
  EXPECT_EQ(j.closed(), nullptr);
  std::set<GateKind> passed;
  for (const Gate& g : j.gates) {
    if (g.passed) passed.insert(g.kind);
  }
  EXPECT_TRUE(passed.contains(GateKind::kOwnLevel) || passed.contains(GateKind::kTogether));
  EXPECT_FALSE(j.signal.evidence.contributions.empty());
}

TEST_F(TickAgainTest, ADisabledRuleIsNotJudged) {
  live(alerts::default_rules(kMonths));
  Judgement const j = TickAgain(tick()).judge(asked("R13", "R", "10"));
  ASSERT_NE(j.closed(), nullptr);
  EXPECT_EQ(j.closed()->kind, GateKind::kEnabled);
}

TEST(GatesTest, OneOfSeveralAlternativesSuffices) {
  Judgement j;
  j.gates = {{GateKind::kAssessed, true},
             {GateKind::kOwnLevel, false},
             {GateKind::kTogether, true},
             {GateKind::kWithRegion, false},
             {GateKind::kSecond, true}};
  EXPECT_EQ(j.closed(), nullptr);
  j.gates[4].passed = false;
  ASSERT_EQ(j.closed(), &j.gates[4]);
  j.gates[2].passed = false;
  ASSERT_EQ(j.closed(), &j.gates[1]);
  j.gates[0].passed = false;
  ASSERT_EQ(j.closed(), &j.gates[0]);
}

}  // namespace
}  // namespace bellwether::engine
