#include "core/engine/past_panels.h"

#include <gtest/gtest.h>

#include <map>

#include "region.h"

namespace bellwether::engine {
namespace {

// A short history, so that counts leave the kept periods every year.
EvaluatorOptions short_history() {
  EvaluatorOptions o = options();
  o.history_periods = 18;
  return o;
}

PartitionTick part_of(int32_t t, std::vector<Delta> deltas) {
  PartitionTick part;
  part.tick = PeriodIndex(t);
  part.reports = reports_of(deltas, t);
  part.deltas = std::move(deltas);
  return part;
}

// What readers were given after each tick.
struct Published {
  std::shared_ptr<const indicators::Panel> panel;
  std::shared_ptr<const SharesByMeasure> reported;
};

void expect_equal(const Published& then, const PastPanel& again, int32_t t) {
  EXPECT_EQ(again.panel->digest(), then.panel->digest()) << t;
  for (size_t m = 0; m < domain::kMeasureCount; ++m) {
    auto const measure = static_cast<Measure>(m);
    EXPECT_EQ(again.panel->known_from(measure), then.panel->known_from(measure)) << t;
  }
  EXPECT_EQ(again.panel->first_period(), then.panel->first_period()) << t;
  EXPECT_EQ(again.reported->table(), then.reported->table()) << t;
}

TEST(PastPanelsTest, EveryKeptTickCanBeAskedAgain) {
  Town town(5);
  town.late_share = 0.2;
  Evaluator evaluator(shared_world(), short_history());
  std::map<int32_t, Published> published;
  int32_t const ticks = 90;
  for (int32_t t = kBegin.value; t < kBegin.value + ticks; ++t) {
    PartitionTick const part = part_of(t, town.month(t));
    evaluator.apply(PeriodIndex(t), std::span(&part, 1));
    published[t] = {evaluator.publish(), evaluator.reported()};
  }
  ASSERT_EQ(evaluator.changes().size(), size_t{ticks});
  ASSERT_GT(evaluator.panel().first_period(), published.begin()->second.panel->first_period());
  auto const now = evaluator.publish();
  for (const auto& [t, then] : published) {
    auto const again = panel_at(*now, evaluator.changes(), PeriodIndex(t));
    ASSERT_TRUE(again) << t;
    expect_equal(then, *again, t);
  }
  EXPECT_EQ(now->digest(), evaluator.panel().digest()) << "the present panel is not changed";
  EXPECT_FALSE(panel_at(*now, evaluator.changes(), PeriodIndex(kBegin.value - 1)));
  EXPECT_FALSE(panel_at(*now, evaluator.changes(), PeriodIndex(kBegin.value + ticks)));
}

TEST(PastPanelsTest, ARestoredEvaluatorAnswersAsTheOriginal) {
  Town town(6);
  Evaluator first(shared_world(), short_history());
  std::map<int32_t, Published> published;
  auto const apply = [&](Evaluator& evaluator, int32_t t) {
    PartitionTick const part = part_of(t, town.month(t));
    evaluator.apply(PeriodIndex(t), std::span(&part, 1));
    published[t] = {evaluator.publish(), evaluator.reported()};
  };
  int32_t t = kBegin.value;
  for (; t < kBegin.value + 40; ++t) apply(first, t);
  EvaluatorState const state = *first.state();
  Evaluator second(shared_world(), short_history());
  second.restore(state.tick, state.panel->copy(), state.reports, state.cells_digest, state.changes);
  for (; t < kBegin.value + 60; ++t) apply(second, t);
  auto const now = second.publish();
  for (const auto& [at, then] : published)
    expect_equal(then, *panel_at(*now, second.changes(), PeriodIndex(at)), at);
}

// Ten years of births are told in one month; businesses that end are told of from a year later on.
TEST(PastPanelsTest, ATickBeforeAnyEndWasToldIsAskedAgainAsItWas) {
  Evaluator evaluator(shared_world(), short_history());
  std::map<int32_t, Published> published;
  int32_t const load = kBegin.value + 120;
  for (int32_t t = load; t < load + 48; ++t) {
    std::vector<Delta> told = {delta(Measure::kBirths, t, 40)};
    for (int32_t past = kBegin.value; t == load && past < load; ++past)
      told.push_back(delta(Measure::kBirths, past, 30));
    if (t > load + 12) told.push_back(delta(Measure::kDeaths, t, 30));
    PartitionTick const part = part_of(t, told);
    evaluator.apply(PeriodIndex(t), std::span(&part, 1));
    published[t] = {evaluator.publish(), evaluator.reported()};
  }
  auto const now = evaluator.publish();
  auto const at = [&](int32_t t) {
    return panel_at(*now, evaluator.changes(), PeriodIndex(t))->panel;
  };
  for (const auto& [t, then] : published) {
    expect_equal(then, {at(t), then.reported}, t);
    EXPECT_EQ(at(t)->is_told(Measure::kDeaths), then.panel->is_told(Measure::kDeaths)) << t;
  }
  EXPECT_EQ(at(load)->known_from(Measure::kBirths), PeriodIndex(load));
  EXPECT_FALSE(at(load)->is_told(Measure::kDeaths));
  EXPECT_TRUE(at(load + 13)->is_told(Measure::kDeaths));
  EvaluatorState const state = *evaluator.state();
  Evaluator restored(shared_world(), short_history());
  restored.restore(state.tick, state.panel->copy(), state.reports, state.cells_digest,
                   state.changes);
  EXPECT_EQ(restored.publish()->known_from(Measure::kBirths), now->known_from(Measure::kBirths));
}

// A snapshot between the load and the first end.
TEST(PastPanelsTest, ARestoredEvaluatorKnowsTheLoad) {
  Evaluator evaluator(shared_world(), options());
  std::vector<Delta> told;
  for (int32_t t = kBegin.value; t <= kBegin.value + 60; ++t)
    told.push_back(delta(Measure::kBirths, t, 100));
  PartitionTick const part = part_of(kBegin.value + 60, told);
  evaluator.apply(part.tick, std::span(&part, 1));
  EvaluatorState const state = *evaluator.state();
  Evaluator restored(shared_world(), options());
  restored.restore(state.tick, state.panel->copy(), state.reports, state.cells_digest,
                   state.changes);
  EXPECT_EQ(evaluator.publish()->known_from(Measure::kBirths), part.tick);
  EXPECT_EQ(restored.publish()->known_from(Measure::kBirths), part.tick);
  EXPECT_FALSE(restored.publish()->is_told(Measure::kDeaths));
}

TEST(PastPanelsTest, DeltasThatCancelTakeNoRoomAndPartitionsAreAddedUp) {
  std::vector<PartitionTick> const parts = {
      part_of(5, {delta(Measure::kBirths, 5, 3), delta(Measure::kDeaths, 4, 2)}),
      part_of(5, {delta(Measure::kBirths, 5, 4), delta(Measure::kDeaths, 4, -2)})};
  PartitionTick const sum = part_of(5, {delta(Measure::kBirths, 5, 7)});
  EXPECT_EQ(pack_deltas(parts), pack_deltas(std::span(&sum, 1)));
  EXPECT_EQ(pack_deltas({}), "");
}

std::shared_ptr<PanelChange> change(int32_t tick, size_t bytes = 0) {
  auto out = std::make_shared<PanelChange>();
  out->tick = PeriodIndex(tick);
  out->deltas.assign(bytes, 'x');
  return out;
}

TEST(PastPanelsTest, TheOldestChangesAreForgottenFirst) {
  PanelChanges changes;
  for (int32_t t = 0; t < static_cast<int32_t>(kPastTicksMax) + 7; ++t)
    remember(changes, change(t));
  ASSERT_EQ(changes.size(), kPastTicksMax);
  EXPECT_EQ(changes.front()->tick, PeriodIndex(7));
  size_t const three = 3 * change(0, 1000)->bytes();
  changes.clear();
  for (int32_t t = 0; t < 10; ++t) remember(changes, change(t, 1000), three);
  ASSERT_EQ(changes.size(), 3u);
  remember(changes, change(10, 10 * three), three);
  ASSERT_EQ(changes.size(), 1u) << "the last tick is kept whatever it takes";
  remember(changes, change(12), three);
  ASSERT_EQ(changes.size(), 1u) << "tick 11 is missing, so earlier panels cannot be found";
  EXPECT_EQ(changes.front()->tick, PeriodIndex(12));
}

TEST(PastPanelsTest, AChangeThatCannotBeIsRefused) {
  const reference::Reference& reference = testing::world();
  PartitionTick const good = part_of(500, {delta(Measure::kBirths, 499, 3)});
  PanelChange change;
  change.tick = PeriodIndex(500);
  change.first_period = PeriodIndex(400);
  change.deltas = pack_deltas(std::span(&good, 1));
  EXPECT_TRUE(check(change, reference).ok());
  auto const refused = [&](PanelChange bad) { return !check(bad, reference).ok(); };
  PanelChange bad = change;
  bad.deltas.pop_back();
  EXPECT_TRUE(refused(bad)) << "cut off";
  PartitionTick unknown = good;
  unknown.deltas[0].key =
      DeltaKey({base::AreaId(60'000), {}, {}}, Measure::kBirths, PeriodIndex(1));
  bad = change;
  bad.deltas = pack_deltas(std::span(&unknown, 1));
  EXPECT_TRUE(refused(bad)) << "no such area";
  bad = change;
  bad.first_period = PeriodIndex(501);
  EXPECT_TRUE(refused(bad)) << "begins after its own tick";
  LeftCounts left;
  // Behind the nodes are those of their classes.
  left.add(Measure::kBirths,
           reference.areas.size() * reference.sectors.size() * (1 + 2 * domain::kClassesMax),
           std::vector<int64_t>{1});
  bad = change;
  bad.left = left.take();
  EXPECT_TRUE(refused(bad)) << "no such node";
}

}  // namespace
}  // namespace bellwether::engine
