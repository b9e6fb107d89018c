// R5 and R12, and R1 on weeks: detectors on counts.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>

#include "core/engine/explain.h"
#include "core/engine/rules/count.h"
#include "region.h"

namespace bellwether::engine {
namespace {

using alerts::Severity;
using alerts::TransitionKind;

// One cell of a town with the same counts in every month.
struct Quiet {
  int births = 40;
  int deaths = 30;
  int notices = 30;
};

class CountRulesTest : public ::testing::Test {
 protected:
  CountRulesTest() {
    region_.add(t_, {delta(Measure::kBirths, t_ - 200, 5000)});
    for (; t_ < kBegin.value + 84; ++t_) region_.add(t_, month({}));
  }
  std::vector<Delta> month(Quiet q) const {
    int const wiggle = t_ * 7 % 9 - 4;
    std::vector<Delta> out;
    for (auto [m, n] : {std::pair{Measure::kBirths, q.births},
                        {Measure::kDeaths, q.deaths},
                        {Measure::kStrikeOffCompulsory, q.notices}}) {
      if (n > 0) out.push_back(delta(m, t_, n + wiggle));
    }
    return out;
  }
  std::optional<alerts::AlertUpdate> tick(const std::string& rule, Quiet q) {
    auto const verdict = region_.tick(t_, month(q));
    ++t_;
    const alerts::AlertUpdate* const u = update_of(verdict, rule, "N1", "10");
    return u == nullptr ? std::nullopt : std::optional(*u);
  }
  // Expects that the alert is raised, turns red, is suspended while the register is silent, and
  // clears.
  void live(const std::string& rule, Quiet bad) {
    EXPECT_FALSE(tick(rule, {}));
    int32_t const turn = t_;
    auto u = tick(rule, bad);
    ASSERT_TRUE(u);
    EXPECT_EQ(u->transition, TransitionKind::kRaised);
    EXPECT_EQ(u->raised.value, turn);
    for (int i = 0; i < 3; ++i) u = tick(rule, bad);
    ASSERT_TRUE(u);
    EXPECT_EQ(u->severity, Severity::kRed);
    EXPECT_GT(u->evidence.observed, u->evidence.upper);
    EXPECT_EQ(u->evidence.hit_by, detection::HitBy::kOwnLevel);
    EXPECT_GT(u->evidence.score, 3);
    EXPECT_LT(u->evidence.p, 0.001);

    u = tick(rule, {.births = 0, .deaths = 0, .notices = bad.notices});
    ASSERT_TRUE(u);
    EXPECT_EQ(u->transition, TransitionKind::kSuspended);
    EXPECT_EQ(u->suspended, "source silent: registrations");
    u = tick(rule, bad);
    ASSERT_TRUE(u);
    EXPECT_EQ(u->transition, TransitionKind::kResumed);

    for (int i = 0; i < 36 && u && u->open; ++i) u = tick(rule, {});
    ASSERT_TRUE(u);
    EXPECT_EQ(u->transition, TransitionKind::kCleared);
    EXPECT_EQ(u->severity_max, Severity::kRed);
  }

  Region region_;
  int32_t t_ = kBegin.value;
};

TEST_F(CountRulesTest, R5DetectsAWaveOfStrikeOffNotices) {
  live("R5", {.notices = 75});
}

TEST_F(CountRulesTest, R12DetectsRisingDeaths) {
  live("R12", {.deaths = 75});
}

TEST_F(CountRulesTest, FewBusinessesSuspendAnOpenAlert) {
  std::optional<alerts::AlertUpdate> u;
  for (int i = 0; i < 3; ++i) u = tick("R5", {.notices = 75});
  ASSERT_TRUE(u && u->open);
  alerts::RuleSet rules = alerts::default_rules(kMonths);
  for (alerts::Rule& r : rules.rules) {
    if (alerts::NodeScope* const nodes = alerts::node_scope(r)) nodes->stock_min = 1e6;
  }
  region_.tell(alerts::RuleSetActivated{rules, "test", base::UnixMillis(0)});
  u = tick("R5", {.notices = 75});
  ASSERT_TRUE(u);
  EXPECT_EQ(u->transition, TransitionKind::kSuspended);
  EXPECT_EQ(u->suspended, "base too small");
}

// The same rule on weeks: other thresholds, same sequence.
TEST(WeeklyRulesTest, AFallOfWeeklyBirthsIsDetectedAndClears) {
  Region region(alerts::default_rules(kWeeks), kWeeks);
  int32_t const begin = testing::must(kWeeks.parse("2012-W01")).value;
  int32_t const fall = begin + 300;
  int32_t t = begin;
  auto const week = [&](int births) {
    std::vector<Delta> out = {delta(Measure::kBirths, t, births + t * 7 % 9 - 4),
                              delta(Measure::kDeaths, t, 30)};
    if (t == begin) out.push_back(delta(Measure::kBirths, t - 2000, 5000));
    return out;
  };
  for (; t < fall - 1; ++t) region.add(t, week(40));
  EXPECT_EQ(update_of(region.tick(t, week(40)), "R1", "N1", "10"), nullptr);
  ++t;
  for (; t < fall + 6; ++t) region.tick(t, week(20));
  const alerts::Alert* const alert = open_alert(region.book, "R1", "N1", "10");
  ASSERT_NE(alert, nullptr);
  EXPECT_EQ(alert->state.severity, Severity::kRed);
  EXPECT_GE(alert->state.raised.value, fall);
  EXPECT_LE(alert->state.raised.value, fall + 3);
  EXPECT_EQ(alert->name, "R1.N1.10." + kWeeks.name(alert->state.raised));
  EXPECT_EQ(alert->raised_at, kWeeks.end_of(alert->state.raised));
  for (; t < fall + 60 && open_alert(region.book, "R1", "N1", "10") != nullptr; ++t)
    region.tick(t, week(40));
  EXPECT_EQ(open_alert(region.book, "R1", "N1", "10"), nullptr);
}

// A register that has been read for a year: a collapse gives an amber alert that names its
// baseline.
TEST(YoungSeriesTest, ACollapseIsAmberAndNeverRed) {
  Region region;
  int32_t t = kBegin.value;
  auto const month = [&](int births) {
    std::vector<Delta> out = {delta(Measure::kBirths, t, births + t * 7 % 9 - 4),
                              delta(Measure::kDeaths, t, 30)};
    if (t == kBegin.value)
      out.push_back(delta(Measure::kBirths, t - 2000, 5000));  // the opening balance
    return out;
  };
  for (; t < kBegin.value + 30; ++t) {
    for (const alerts::AlertUpdate& u : region.tick(t, month(40)).updates)
      ADD_FAILURE() << u.key.rule << " at " << t;
  }
  for (; t < kBegin.value + 34; ++t) region.tick(t, month(5));
  const alerts::Alert* const alert = open_alert(region.book, "R1", "N1", "10");
  ASSERT_NE(alert, nullptr);
  EXPECT_EQ(alert->state.raised.value, kBegin.value + 30);
  EXPECT_EQ(alert->state.severity_max, Severity::kAmber)
      << "four months in a row, far below expectation";
  const alerts::Evidence& e = alert->raised_evidence;
  EXPECT_EQ(e.baseline_kind, detection::BaselineKind::kRecentAgainstYearBefore);
  EXPECT_EQ(e.baseline_first.value, kBegin.value + 16);
  EXPECT_EQ(e.baseline_last.value, kBegin.value + 27);
  EXPECT_EQ(e.cusum, 0);
  EXPECT_EQ(alert->state.onset, alert->state.raised);
  EXPECT_LT(e.observed, e.lower);
  EXPECT_FALSE(trace(region.view(), *alert, 60).empty());
}

// The rule tests only sections. Their contributions use the same baselines as a test would.
TEST(ContributionsTest, PartsOutsideTheRuleAlsoLeaveOutRegimeBreaks) {
  std::optional<std::vector<alerts::Contribution>> found[2];
  for (bool const sections_only : {false, true}) {
    alerts::RuleSet rules = alerts::default_rules(kMonths);
    std::erase_if(rules.rules, [](const alerts::Rule& r) { return r.id != "R1"; });
    if (sections_only) alerts::node_scope(rules.rules[0])->sector_levels = {"section"};
    Region region(rules);
    PeriodIndex const broken(kBegin.value + 30);
    region.tell(alerts::RegimeBreakDeclared{
        {broken, PeriodIndex(broken.value + 23)}, "pandemic", "ann", {}});
    Town town(2);
    town.break_from = broken.value;
    town.break_until = broken.value + 23;
    town.break_factor = 0.7;
    town.fall_from = kBegin.value + 90;
    for (int32_t t = kBegin.value; t < town.fall_from + 2; ++t) region.add(t, town.month(t));
    region.tick(town.fall_from + 2, town.month(town.fall_from + 2));
    const alerts::Alert* const section = open_alert(region.book, "R1", "R", "C");
    ASSERT_NE(section, nullptr);
    found[sections_only] = section->state.evidence.contributions;
  }
  ASSERT_FALSE(found[0]->empty());
  EXPECT_LE(found[0]->size(), 2 * kContributionsMax);
  EXPECT_EQ(*found[0], *found[1]);
}

// Eight districts fall equally. Only the kContributionsMax largest differences are named.
TEST(ContributionsTest, OnlyTheLargestPartsAreNamed) {
  std::string areas = "code,name,level,parent\nR,Realm,country,\n";
  for (int i = 1; i <= 8; ++i) areas += "D" + std::to_string(i) + ",District,district,R\n";
  auto const reference = std::make_shared<const reference::Reference>(reference::Reference{
      testing::must(
          reference::Areas::parse(areas, "areas.csv", "set,name,member,from,until\n", "sets.csv")),
      testing::must(reference::Sectors::parse(testing::kWorldSectors, "sectors.csv")),
      reference::Postcodes()});
  Evaluator evaluator(reference, options());
  alerts::Book book(kMonths);
  book.fold(base::JournalOffset(0),
            alerts::RuleSetActivated{alerts::default_rules(kMonths), "test", {}});
  int32_t const fall = kBegin.value + 84;
  for (int32_t t = kBegin.value; t <= fall; ++t) {
    PartitionTick part;
    part.tick = PeriodIndex(t);
    for (int i = 1; i <= 8; ++i) {
      auto const area = testing::must(reference->areas.find("D" + std::to_string(i)));
      auto const births = [&](int32_t period, int64_t n) {
        part.deltas.push_back({DeltaKey({area, testing::sector("10"), base::SizeBand(0)},
                                        Measure::kBirths, PeriodIndex(period)),
                               n});
      };
      if (t == kBegin.value) births(t - 500, 1000);
      births(t, (t < fall ? 40 : 40 - 4 * i) + t * 7 % 5 - 2);
    }
    evaluator.apply(PeriodIndex(t), std::span(&part, 1));
  }
  auto const verdict = evaluator.evaluate(PeriodIndex(fall), book, {}, false);
  const alerts::AlertUpdate* const u = update_of(verdict, "R1", "R", "10");
  ASSERT_NE(u, nullptr);
  const auto& parts = u->evidence.contributions;
  ASSERT_EQ(parts.size(), kContributionsMax);
  EXPECT_EQ(parts.front().area, "D8");
  EXPECT_TRUE(std::ranges::is_sorted(parts, std::greater<>(), &alerts::Contribution::share));
  EXPECT_LT(parts.front().share, 1) << "sectors and areas are shares of the same difference";
}

}  // namespace
}  // namespace bellwether::engine
