#include "core/ledger/figure_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "support/random.h"

namespace bellwether::ledger {
namespace {

using base::AreaId;
using base::Days;
using base::FactId;
using base::SourceSequence;
using domain::Statistic;
using events::Event;
using events::EventKind;
using testing::Random;

Event figure(uint64_t fact, uint64_t sequence, double value) {
  Event e;
  e.kind = EventKind::kObservation;
  e.code = static_cast<uint8_t>(domain::Frequency::kQuarter);
  e.fact = FactId(fact);
  e.sequence = SourceSequence(sequence);
  e.effective = Days(17'000);
  e.area = AreaId(3);
  e.sector = base::SectorId(0);
  e.statistic = Statistic::kEmployment;
  e.vintage = Days(17'100);
  e.value = value;
  return e;
}
Event retraction(uint64_t fact, uint64_t sequence) {
  Event e;
  e.kind = EventKind::kRetracted;
  e.fact = FactId(fact);
  e.sequence = SourceSequence(sequence);
  return e;
}

TEST(FigureStoreTest, TheLastVersionWinsAndARepetitionChangesNothing) {
  FigureStore store;
  EXPECT_EQ(store.apply(figure(1, 5, 100)), Outcome::kApplied);
  EXPECT_EQ(store.apply(figure(1, 5, 100)), Outcome::kDuplicate);
  EXPECT_EQ(store.apply(figure(1, 4, 90)), Outcome::kSuperseded);
  EXPECT_EQ(store.apply(figure(1, 6, 110)), Outcome::kApplied);
  auto const changes = store.take_changes();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].figure->value, 110);
  EXPECT_TRUE(store.take_changes().empty());
}

TEST(FigureStoreTest, ARetractionWithdrawsAlsoWhatComesLater) {
  FigureStore store;
  EXPECT_EQ(store.apply(retraction(1, 9)), Outcome::kApplied);
  EXPECT_EQ(store.apply(figure(1, 5, 100)), Outcome::kSuperseded);
  EXPECT_TRUE(store.take_changes().empty());
  store.apply(figure(2, 5, 100));
  store.take_changes();
  store.apply(retraction(2, 6));
  auto const changes = store.take_changes();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_FALSE(changes[0].figure);
}

TEST(FigureStoreTest, AVersionOfAnotherPlaceLeavesTheFirst) {
  FigureStore store;
  store.apply(figure(1, 5, 100));
  store.take_changes();
  Event moved = figure(1, 6, 100);
  moved.area = AreaId(4);
  store.apply(moved);
  auto const changes = store.take_changes();
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].key.area, AreaId(3));
  EXPECT_FALSE(changes[0].figure);
  EXPECT_EQ(changes[1].key.area, AreaId(4));
  EXPECT_EQ(changes[1].figure->value, 100);
}

TEST(FigureStoreTest, AVersionWithoutAUseWithdrawsTheOneBefore) {
  FigureStore store;
  store.apply(figure(1, 5, 100));
  store.take_changes();
  Event other_unit = figure(1, 6, 100);
  other_unit.statistic = Statistic::kUnused;
  EXPECT_EQ(store.apply(other_unit), Outcome::kApplied);
  auto const changes = store.take_changes();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_FALSE(changes[0].figure);
}

TEST(FigureStoreTest, RefusesFactsBeyondTheLimitButNotTheirVersions) {
  FigureStore store(2);
  store.apply(figure(1, 1, 1));
  store.apply(figure(2, 1, 1));
  EXPECT_EQ(store.apply(figure(3, 1, 1)), Outcome::kRefused);
  EXPECT_EQ(store.apply(figure(2, 2, 3)), Outcome::kApplied);
  EXPECT_EQ(store.size(), 2u);
}

TEST(FigureStoreTest, TheOrderOfArrivalHasNoEffect) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::vector<Event> log;
    for (int i = 0; i < 60; ++i) {
      auto const fact = static_cast<uint64_t>(random.between(1, 6));
      auto const sequence = static_cast<uint64_t>(random.between(1, 5));
      if (random.chance(0.15)) {
        log.push_back(retraction(fact, sequence));
        continue;
      }
      Event e = figure(fact, sequence, random.between(1, 3));
      e.area = AreaId(static_cast<uint16_t>(random.between(1, 3)));
      e.vintage = Days(17'100 + random.between(0, 1));
      e.figure_status = static_cast<domain::FigureStatus>(random.between(0, 3));
      if (random.chance(0.1)) e.statistic = Statistic::kUnused;
      log.push_back(e);
    }
    FigureStore one;
    for (const Event& e : log) one.apply(e);
    for (size_t i = log.size(); i > 1; --i) std::swap(log[i - 1], log[random.below(i)]);
    FigureStore other;
    for (const Event& e : log) {
      other.apply(e);
      if (random.chance(0.2)) other.apply(e);
    }
    EXPECT_EQ(one.facts(), other.facts());
  }
}

TEST(FigureStoreTest, GoesOnFromWhatASnapshotHolds) {
  FigureStore store;
  store.apply(figure(1, 1, 1));
  store.take_changes();
  store.apply(figure(2, 1, 2));
  FigureStore restored;
  restored.restore(store.facts(), store.changes());
  EXPECT_EQ(restored.facts(), store.facts());
  EXPECT_EQ(restored.apply(figure(1, 1, 1)), Outcome::kDuplicate);
  EXPECT_EQ(restored.take_changes(), store.take_changes());
}

}  // namespace
}  // namespace bellwether::ledger
