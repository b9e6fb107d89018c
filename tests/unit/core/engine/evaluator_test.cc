#include "core/engine/evaluator.h"

#include <gtest/gtest.h>

#include "core/engine/explain.h"
#include "region.h"
#include "support/time_zones.h"

namespace bellwether::engine {
namespace {

using alerts::TransitionKind;

TEST(EvaluatorTest, AFallIsDetectedAtItsNodeAndAboveWithItsContributions) {
  Town town(1);
  town.fall_from = kBegin.value + 90;
  Region region;
  for (int32_t t = kBegin.value; t < kBegin.value + 94; ++t) region.tick(t, town.month(t));
  const alerts::Alert* const sector = open_alert(region.book, "R1", "R", "10");
  ASSERT_NE(sector, nullptr);
  EXPECT_EQ(sector->state.severity, alerts::Severity::kRed);
  EXPECT_GE(sector->state.raised.value, town.fall_from);
  EXPECT_LE(sector->state.raised.value, town.fall_from + 1);
  EXPECT_LE(sector->state.onset.value, town.fall_from);
  EXPECT_GE(sector->state.onset.value, town.fall_from - 6);  // chance may move the onset back
  EXPECT_NEAR(sector->state.evidence.ratio, 0.5, 0.1);
  EXPECT_LE(sector->state.evidence.upper, 200);
  const alerts::Alert* const section = open_alert(region.book, "R1", "R", "C");
  ASSERT_NE(section, nullptr);
  ASSERT_FALSE(section->state.evidence.contributions.empty());
  bool named = false;
  for (const alerts::Contribution& c : section->state.evidence.contributions)
    named |= c.sector == "10" && c.share > 0.7;
  EXPECT_TRUE(named) << "Food products must be a contribution to Manufacturing";
  EXPECT_EQ(open_alert(region.book, "R1", "R", "47"), nullptr);
  EXPECT_EQ(open_alert(region.book, "R1", "R", "unclassified"), nullptr);
}

TEST(EvaluatorTest, AQuietRegionStaysQuiet) {
  Town town(2);
  Region region;
  int raised = 0;
  for (int32_t t = kBegin.value; t < kBegin.value + 140; ++t) {
    for (const alerts::AlertUpdate& u : region.tick(t, town.month(t)).updates) {
      raised += u.transition == TransitionKind::kRaised && u.severity == alerts::Severity::kRed;
    }
  }
  // 49 nodes × 2 rules × 100 assessed months at one false alarm in a thousand: about ten by CUSUM.
  // They come together, because many nodes hold the same businesses.
  EXPECT_LE(raised, 40);
}

TEST(EvaluatorTest, ASilentSourceIsReportedAndIsNotADownturn) {
  Town town(3);
  town.silent_from = kBegin.value + 90;
  Region region;
  int32_t t = kBegin.value;
  for (; t < town.silent_from; ++t) region.tick(t, town.month(t));
  size_t const before = region.book.open().size();
  alerts::TickEvaluated const verdict = region.tick(t, town.month(t));
  EXPECT_EQ(verdict.silent_topics, std::vector<std::string>{"registrations"});
  EXPECT_NE(open_alert(region.book, "R0", "registrations", "all"), nullptr);
  for (const alerts::AlertUpdate& u : verdict.updates) {
    if (u.key.rule == "R0") continue;
    EXPECT_NE(u.transition, TransitionKind::kRaised) << u.key.rule << " " << u.key.sector;
    EXPECT_EQ(u.suspended, "source silent: registrations");
  }
  EXPECT_EQ(region.book.open().size(), before + 1);
}

// The evaluator's state between ticks is a cache.
// Two replicas with other hours must not be compared.
TEST(EvaluatorTest, F7_AVerdictNamesTheWorkingHoursOfItsReplica) {
  reference::DeskHours hours;
  hours.zone = testing::singapore();
  auto const reference = std::make_shared<reference::Reference>(testing::world());
  reference->desks = reference::Desks(hours);
  Evaluator evaluator(reference, options());
  Region region;
  PartitionTick part;
  part.tick = kBegin;
  evaluator.apply(kBegin, std::span(&part, 1));
  EXPECT_EQ(evaluator.evaluate(kBegin, region.book, {}, false).working_hours,
            reference->desks.digest());
  EXPECT_NE(reference->desks.digest(), 0u);
}

TEST(EvaluatorPropertyTest, IncrementalEqualsFresh) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    Town town(seed);
    town.fall_from = kBegin.value + 70 + static_cast<int32_t>(seed) * 3;
    Random random(seed);
    Region region;
    std::vector<std::pair<int32_t, std::vector<Delta>>> history;
    for (int32_t t = kBegin.value; t < kBegin.value + 100; ++t) {
      history.emplace_back(t, town.month(t));
      alerts::Book const before = region.book;
      alerts::TickEvaluated const verdict = region.tick(t, history.back().second);
      if (random.chance(0.5))
        region.evaluator.prepare(PeriodIndex(t + 1), region.book, random.below(60));
      if (t < kBegin.value + 60 || !random.chance(0.2)) continue;
      Evaluator fresh(shared_world(), options());
      for (const auto& [then, deltas] : history) {
        PartitionTick part;
        part.tick = PeriodIndex(then);
        part.deltas = deltas;
        part.reports = reports_of(deltas, then);
        fresh.apply(PeriodIndex(then), std::span(&part, 1));
      }
      ASSERT_EQ(fresh.evaluate(PeriodIndex(t), before, {{"registrations", 0, t}}, false), verdict)
          << "seed " << seed << " tick " << kMonths.name(PeriodIndex(t));
      ASSERT_EQ(fresh.cells_digest(), region.evaluator.cells_digest());
    }
    EXPECT_FALSE(region.book.alerts().empty()) << "no alert was raised, so the test shows little";
  }
}

// A restored evaluator keeps no state of its previous rules.
TEST(EvaluatorTest, ARestoredEvaluatorContinuesLikeTheSavedOne) {
  Town town(4);
  town.fall_from = kBegin.value + 70;
  alerts::RuleSet rules = alerts::default_rules(kMonths);
  rules.rules.back().enabled = true;  // the composite
  Region region(rules);
  int32_t t = kBegin.value;
  for (; t < kBegin.value + 72; ++t) region.tick(t, town.month(t));
  EvaluatorState const saved = *region.evaluator.state();
  alerts::Book const book = region.book;
  std::vector<Delta> const first = town.month(t);
  alerts::TickEvaluated const verdict = region.tick(t, first);
  EXPECT_FALSE(verdict.updates.empty());
  ++t;
  region.tick(t, town.month(t));

  indicators::Panel panel(testing::world(), kMonths, saved.panel->first_period());
  saved.panel->each([&](Measure m, size_t node, int64_t opening, const auto& counts) {
    ASSERT_TRUE(panel.restore(m, node, opening, counts));
  });
  region.evaluator.restore(saved.tick, std::move(panel), saved.reports, saved.cells_digest);
  region.add(t - 1, first);
  region.evaluator.prepare(PeriodIndex(t - 1), book, 50);
  EXPECT_EQ(
      region.evaluator.evaluate(PeriodIndex(t - 1), book, {{"registrations", 0, t - 1}}, false),
      verdict);
}

TEST(EvaluatorPropertyTest, TheDistributionOverPartitionsDoesNotMatter) {
  Town town(9);
  town.fall_from = kBegin.value + 65;
  Random random(9);
  Region one;
  Evaluator spread(shared_world(), options());
  for (int32_t t = kBegin.value; t < kBegin.value + 75; ++t) {
    std::vector<Delta> deltas = town.month(t);
    alerts::Book const before = one.book;
    alerts::TickEvaluated const verdict = one.tick(t, deltas);
    std::vector<PartitionTick> parts(3);
    random.shuffle(deltas);
    for (PartitionTick& p : parts) p.tick = PeriodIndex(t);
    for (const Delta& d : deltas) parts[random.below(3)].deltas.push_back(d);
    for (PartitionTick& p : parts) p.reports = reports_of(p.deltas, t);
    random.shuffle(parts);
    spread.apply(PeriodIndex(t), parts);
    ASSERT_EQ(spread.evaluate(PeriodIndex(t), before, {{"registrations", 0, t}}, false), verdict)
        << t;
  }
}

TEST(ExplainTest, ThePathCoversTheChangeAndAgreesWithTheAlert) {
  Town town(1);
  town.fall_from = kBegin.value + 90;
  Region region;
  for (int32_t t = kBegin.value; t < kBegin.value + 94; ++t) region.tick(t, town.month(t));
  const alerts::Alert* const alert = open_alert(region.book, "R1", "R", "10");
  ASSERT_NE(alert, nullptr);
  View const view = region.view();
  std::vector<PathPoint> const path = trace(view, *alert, 60);
  ASSERT_FALSE(path.empty());
  EXPECT_LT(path.front().period, alert->state.onset);
  EXPECT_EQ(path.back().period, *view.data_through);
  EXPECT_NEAR(path.back().cusum, alert->state.evidence.cusum, 1e-5);
  EXPECT_NEAR(path.back().expected, alert->state.evidence.expected, 1e-5);
  EXPECT_EQ(trace(view, *alert, 4).size(), 4u);
  EXPECT_TRUE(trace(view, *alert, 0).empty());
}

}  // namespace
}  // namespace bellwether::engine
