#include "core/indicators/panel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "support/calendars.h"
#include "support/random.h"
#include "support/world.h"

namespace bellwether::indicators {
namespace {

using testing::area;
using testing::Random;
using testing::sector;
using testing::world;

using testing::kMonths;
constexpr PeriodIndex kFirst(540);  // 2015-01

void nothing(uint32_t, Measure, PeriodIndex) {}

Cell cell(std::string_view a, std::string_view s) {
  return {area(a), sector(s), base::SizeBand(0)};
}
Node node(std::string_view a, std::string_view s) {
  return {area(a), sector(s)};
}

std::vector<Delta> random_deltas(Random& random, size_t n, int periods) {
  static const std::vector<std::string_view> areas = {"N1", "N2", "S1", "S2"};
  static const std::vector<std::string_view> sectors = {"10", "11", "46", "47", "unclassified"};
  std::vector<Delta> out;
  for (size_t i = 0; i < n; ++i) {
    Cell c = cell(areas[random.below(4)], sectors[random.below(5)]);
    c.size = base::SizeBand(static_cast<uint8_t>(random.below(3)));
    Measure const m = random.chance(0.7) ? Measure::kBirths : Measure::kDeaths;
    out.push_back({DeltaKey(c, m, PeriodIndex(kFirst.value - 5 + random.between(0, periods))),
                   random.between(-3, 9)});
  }
  return out;
}

// The sum of all deltas under a node, computed from the definition.
int64_t plain_sum(const std::vector<Delta>& deltas, Node n, Measure m, int32_t first,
                  int32_t last) {
  int64_t sum = 0;
  for (const Delta& d : deltas) {
    if (d.key.measure() != m || d.key.period().value < first || d.key.period().value > last)
      continue;
    bool under_area = false;
    for (const reference::AreaAncestor& a : world().areas.ancestors(d.key.cell().area))
      under_area |= a.area == n.area;
    bool under_sector = false;
    for (base::SectorId s : world().sectors.ancestors(d.key.cell().sector))
      under_sector |= s == n.sector;
    if (under_area && under_sector) sum += d.amount;
  }
  return sum;
}

// However many deltas there are: many take another path in the panel.
TEST(PanelTest, S7_AMeasureThatDoesNotAddUpCountsOnlyInItsNodes) {
  for (int32_t n : {1, 1000}) {
    Panel panel(world(), kMonths, kFirst);
    std::vector<Delta> deltas;
    for (int32_t i = 0; i < n; ++i) {
      for (std::string_view a : {"N", "HUB"})
        deltas.push_back({DeltaKey(cell(a, "C"), Measure::kMovesIn, kFirst), 1});
    }
    std::vector<uint32_t> touched;
    panel.add(deltas, [&](uint32_t at, Measure, PeriodIndex) { touched.push_back(at); });
    for (size_t i = 0; i < panel.nodes(); ++i) {
      bool const named = panel.node(i) == node("N", "C") || panel.node(i) == node("HUB", "C");
      EXPECT_EQ(panel.at(panel.node(i), Measure::kMovesIn, kFirst), named ? n : 0);
      EXPECT_EQ(std::ranges::count(touched, static_cast<uint32_t>(i)) > 0, named);
    }
  }
}

TEST(PanelTest, ACountIsInEveryNodeAboveItsCell) {
  Panel panel(world(), kMonths, kFirst);
  std::vector<Delta> const one = {{DeltaKey(cell("N1", "10"), Measure::kBirths, kFirst), 3}};
  panel.add(one, nothing);
  for (auto [a, s, n] : {std::tuple{"N1", "10", 3},
                         {"N1", "C", 3},
                         {"N", "all", 3},
                         {"R", "all", 3},
                         {"HUB", "C", 3},
                         {"N2", "10", 0},
                         {"S", "all", 0},
                         {"R", "G", 0}}) {
    EXPECT_EQ(panel.at(node(a, s), Measure::kBirths, kFirst), n) << a << " " << s;
  }
}

// The classes of a node add up to the node: in all kept nodes, whatever the number of deltas.
TEST(PanelTest, ACountIsInTheClassesOfAllNodesAboveItsCellDownToSections) {
  for (int32_t n : {1, 1000}) {
    Panel panel(world(), kMonths, kFirst);
    Cell place = cell("N1", "10");
    place.size = base::SizeBand(2);
    std::vector<Delta> const all(static_cast<size_t>(n),
                                 {DeltaKey(place, Measure::kBirths, kFirst, 5), 1});
    panel.add(all, nothing);
    Class const form{Division::kLegalForm, 5};
    Class const band{Division::kSizeBand, 2};
    for (auto [a, s, count] : {std::tuple{"N1", "C", n},
                               {"N", "all", n},
                               {"R", "all", n},
                               {"HUB", "C", n},
                               {"N2", "C", 0},
                               {"R", "G", 0}}) {
      for (Class in : {form, band})
        EXPECT_EQ(panel.at(node(a, s), Measure::kBirths, kFirst, in), count) << a << " " << s;
      EXPECT_EQ(panel.stock(node(a, s), kFirst, form), count);
      EXPECT_EQ(panel.at(node(a, s), Measure::kBirths, kFirst, Class{Division::kLegalForm, 2}), 0);
    }
    EXPECT_FALSE(panel.has_classes(node("N1", "10")));
    EXPECT_TRUE(panel.has_classes(node("N1", "C")));
  }
}

// What changes its class in a node stays in the node.
TEST(PanelTest, AChangeOfClassIsInTheClassesAlone) {
  Panel panel(world(), kMonths, kFirst);
  std::vector<Delta> const change = {
      {DeltaKey(cell("N1", "10"), Measure::kClassChanges, kFirst, 2), -1},
      {DeltaKey(cell("N1", "10"), Measure::kClassChanges, kFirst, 5), 1}};
  panel.add(change, [](uint32_t, Measure, PeriodIndex) { ADD_FAILURE(); });
  EXPECT_TRUE(panel.series(node("R", "all"), Measure::kClassChanges).counts.empty());
  EXPECT_EQ(panel.stock(node("R", "all"), kFirst, Class{Division::kLegalForm, 5}), 1);
  EXPECT_EQ(panel.stock(node("R", "all"), kFirst, Class{Division::kLegalForm, 2}), -1);
  EXPECT_FALSE(panel.restore(Measure::kClassChanges, 0, 1, {})) << "it has no series of a node";
}

// Snapshots keep the series of classes by number. A number that no series can have is refused.
TEST(PanelTest, TheSeriesOfClassesAreKeptAndRestored) {
  Random random(3);
  std::vector<Delta> deltas = random_deltas(random, 500, 30);
  for (Delta& d : deltas) {
    d.key = DeltaKey(d.key.cell(), d.key.measure(), d.key.period(),
                     static_cast<uint8_t>(random.below(14)));
  }
  Panel panel(world(), kMonths, kFirst);
  panel.add(deltas, nothing);
  panel.advance_horizon(PeriodIndex(kFirst.value + 12));
  Panel other(world(), kMonths, panel.first_period());
  size_t of_classes = 0;
  panel.each([&](Measure m, size_t n, int64_t opening, const std::vector<int64_t>& counts) {
    of_classes += n >= panel.nodes() ? 1 : 0;
    EXPECT_TRUE(other.restore(m, n, opening, counts));
  });
  EXPECT_GT(of_classes, 100u);
  EXPECT_EQ(other.digest(), panel.digest());
  EXPECT_FALSE(other.restore(Measure::kBirths, panel.nodes() * SeriesNumbers::kSlots, 1, {}));
  EXPECT_FALSE(other.restore(Measure::kChargesCreated, panel.nodes() * 2, 1, {}));
  EXPECT_FALSE(
      other.restore(Measure::kInteractions, panel.nodes() * (SeriesNumbers::kSlots - 1), 1, {}));
  size_t const division = panel.index(node("N1", "10"));
  EXPECT_FALSE(other.restore(Measure::kBirths, panel.nodes() * 16 + division, 1, {}));
}

TEST(PanelTest, SparseAndDenseRollUpGiveTheSumsOfTheCells) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    Random random(seed);
    // Few deltas use the sparse roll-up, thousands of deltas the dense roll-up.
    std::vector<Delta> const deltas =
        random_deltas(random, seed % 2 == 0 ? 40 : 4000, seed % 4 < 2 ? 4 : 30);
    Panel panel(world(), kMonths, kFirst);
    panel.add(deltas, nothing);
    for (size_t i = 0; i < panel.nodes(); ++i) {
      Node const n = panel.node(i);
      for (int32_t p = kFirst.value; p < kFirst.value + 26; p += 5) {
        ASSERT_EQ(panel.at(n, Measure::kBirths, PeriodIndex(p)),
                  plain_sum(deltas, n, Measure::kBirths, p, p))
            << "seed " << seed << " node " << i;
        ASSERT_EQ(panel.cumulative(n, Measure::kDeaths, PeriodIndex(p)),
                  plain_sum(deltas, n, Measure::kDeaths, INT32_MIN, p));
      }
    }
  }
}

TEST(PanelTest, CountsBeforeTheKeptPeriodsAreTheOpeningBalance) {
  Panel panel(world(), kMonths, kFirst);
  std::vector<Delta> const old = {
      {DeltaKey(cell("N1", "10"), Measure::kBirths, PeriodIndex(kFirst.value - 400)), 50}};
  int touched = 0;
  panel.add(old, [&](uint32_t, Measure, PeriodIndex) { ++touched; });
  EXPECT_EQ(touched, 0);
  EXPECT_EQ(panel.stock(node("R", "all"), kFirst), 50);
  EXPECT_EQ(panel.at(node("R", "all"), Measure::kBirths, kFirst), 0);
}

TEST(PanelTest, CountsBeyondThirtyTwoBitsAreExactAndSaturateInSeries) {
  for (int copies : {2, 400}) {  // by sparse and by dense roll-up
    Panel panel(world(), kMonths, kFirst);
    Node const top = node("R", "all");
    DeltaKey const key(cell("N1", "10"), Measure::kInteractionMinutes,
                       PeriodIndex(kFirst.value + 1));
    std::vector<Delta> const many(static_cast<size_t>(copies), {key, INT32_MAX});
    panel.add(many, nothing);
    int64_t const exact = int64_t{copies} * INT32_MAX;
    EXPECT_EQ(panel.at(top, Measure::kInteractionMinutes, key.period()), exact);
    EXPECT_EQ(panel.cumulative(top, Measure::kInteractionMinutes, key.period()), exact);
    EXPECT_EQ(panel.series(top, Measure::kInteractionMinutes).counts[1], INT32_MAX);
    auto const published = panel.publish();
    // After the counts are subtracted, the result is exact.
    std::vector<Delta> const back = {{key, 7 - exact}};
    panel.add(back, nothing);
    EXPECT_EQ(panel.at(top, Measure::kInteractionMinutes, key.period()), 7);
    EXPECT_EQ(panel.series(top, Measure::kInteractionMinutes).counts[1], 7);
    EXPECT_EQ(published->at(top, Measure::kInteractionMinutes, key.period()), exact);
    Panel plain(world(), kMonths, kFirst);
    std::vector<Delta> const seven = {{key, 7}};
    plain.add(seven, nothing);
    EXPECT_EQ(panel.digest(), plain.digest());
    panel.add(many, nothing);
    panel.advance_horizon(PeriodIndex(kFirst.value + 2));
    EXPECT_EQ(panel.cumulative(top, Measure::kInteractionMinutes, PeriodIndex(kFirst.value + 2)),
              exact + 7);
  }
}

TEST(PanelTest, RestoredSeriesEqualTheOriginals) {
  Node const top = node("R", "all");
  auto const births = [&](const Panel& panel) {
    return panel.series(top, Measure::kBirths).counts;
  };
  std::vector<int64_t> const edges = {0, -1, INT32_MAX, INT32_MIN, 5};
  for (int64_t beyond :
       {int64_t{0}, int64_t{INT32_MAX} + 1, int64_t{INT32_MIN} - 1, INT64_MAX / 2}) {
    Panel panel(world(), kMonths, kFirst);
    std::vector<int64_t> counts = edges;
    counts.push_back(beyond);
    ASSERT_TRUE(panel.restore(Measure::kBirths, panel.index(top), 100, counts));
    int64_t sum = 100;
    for (size_t i = 0; i < counts.size(); ++i) {
      PeriodIndex const period(kFirst.value + static_cast<int32_t>(i));
      sum += counts[i];
      EXPECT_EQ(panel.at(top, Measure::kBirths, period), counts[i]);
      EXPECT_EQ(panel.cumulative(top, Measure::kBirths, period), sum);
      EXPECT_EQ(births(panel)[i], std::clamp<int64_t>(counts[i], INT32_MIN, INT32_MAX));
    }
    Panel again(world(), kMonths, kFirst);
    panel.each([&](Measure m, size_t n, int64_t opening, const std::vector<int64_t>& shown) {
      EXPECT_EQ(shown, counts);
      EXPECT_TRUE(again.restore(m, n, opening, shown));
    });
    EXPECT_EQ(again.digest(), panel.digest());
    EXPECT_FALSE(again.restore(Measure::kBirths, panel.index(top), 0, counts))
        << "the panel already has the series";
  }
  Panel panel(world(), kMonths, kFirst);
  EXPECT_FALSE(panel.restore(Measure::kBirths, panel.nodes() * SeriesNumbers::kSlots, 0, edges))
      << "no such series";
  EXPECT_FALSE(panel.restore(Measure::kBirths, 0, INT64_MAX, std::vector<int64_t>{1}))
      << "beyond 64 bits";
  EXPECT_FALSE(panel.restore(Measure::kBirths, 0, 0, std::vector<int64_t>{INT64_MAX, 1}));
  EXPECT_FALSE(panel.restore(Measure::kBirths, 0, INT64_MIN, std::vector<int64_t>{-1, INT64_MIN}));
  EXPECT_EQ(panel.digest(), Panel(world(), kMonths, kFirst).digest());
}

TEST(PanelTest, AdvancingTheHorizonDoesNotChangeTheStock) {
  Random random(7);
  std::vector<Delta> const deltas = random_deltas(random, 3000, 30);
  Panel panel(world(), kMonths, kFirst);
  panel.add(deltas, nothing);
  PeriodIndex const later(kFirst.value + 12);
  std::vector<int64_t> before;
  for (size_t i = 0; i < panel.nodes(); ++i) before.push_back(panel.stock(panel.node(i), later));
  panel.advance_horizon(later);
  EXPECT_EQ(panel.first_period(), later);
  for (size_t i = 0; i < panel.nodes(); ++i) {
    EXPECT_EQ(panel.stock(panel.node(i), later), before[i]);
    EXPECT_EQ(panel.sum(panel.node(i), Measure::kBirths, later, PeriodIndex(later.value + 3)),
              plain_sum(deltas, panel.node(i), Measure::kBirths, later.value, later.value + 3));
  }
  panel.advance_horizon(kFirst);  // has no effect
  EXPECT_EQ(panel.first_period(), later);
}

TEST(PanelTest, AHorizonThatMovedCanBeTakenBack) {
  Random random(8);
  std::vector<Delta> deltas = random_deltas(random, 3000, 30);
  deltas.push_back({deltas[0].key, int64_t{INT32_MAX} * 3});  // a wide column
  Panel panel(world(), kMonths, kFirst);
  panel.add(deltas, nothing);
  auto const before = panel.publish();
  struct Left {
    Measure measure;
    size_t node;
    std::vector<int64_t> counts;
  };
  std::vector<Left> left;
  panel.advance_horizon(PeriodIndex(kFirst.value + 12), [&](Measure m, size_t n, auto counts) {
    left.push_back({m, n, {counts.begin(), counts.end()}});
  });
  ASSERT_NE(panel.digest(), before->digest());
  auto const advanced = panel.publish();
  Panel back = advanced->copy();
  back.retreat_horizon(kFirst);
  for (const Left& l : left) ASSERT_TRUE(back.recall(l.measure, l.node, l.counts));
  EXPECT_EQ(back.digest(), before->digest());
  EXPECT_EQ(advanced->digest(), panel.digest()) << "the copied view does not change";
  for (size_t i = 0; i < back.nodes(); ++i)
    EXPECT_EQ(back.stock(back.node(i), kFirst), before->stock(before->node(i), kFirst));
  EXPECT_FALSE(
      back.recall(Measure::kBirths, back.nodes() * SeriesNumbers::kSlots, std::vector<int64_t>{1}));
  EXPECT_FALSE(back.recall(Measure::kBirths, 0, std::vector<int64_t>{INT64_MAX, 1}));
}

TEST(PanelTest, ASeriesWithoutCountsIsForgotten) {
  Panel panel(world(), kMonths, kFirst);
  DeltaKey const key({area("N1"), sector("10"), base::SizeBand(0)}, Measure::kBirths,
                     PeriodIndex(kFirst.value + 1));
  panel.add(std::vector<Delta>{{key, 2}}, nothing);
  panel.add(std::vector<Delta>{{key, -2}}, nothing);
  panel.drop_zeros();
  panel.each([](Measure, size_t, int64_t, const auto&) { ADD_FAILURE(); });
}

TEST(PanelTest, APublishedViewDoesNotChange) {
  Random random(3);
  Panel panel(world(), kMonths, kFirst);
  panel.add(random_deltas(random, 500, 20), nothing);
  auto const view = panel.publish();
  uint64_t const digest = view->digest();
  ASSERT_EQ(panel.digest(), digest);
  panel.add(random_deltas(random, 500, 20), nothing);
  panel.advance_horizon(PeriodIndex(kFirst.value + 3));
  EXPECT_EQ(view->digest(), digest);
  EXPECT_NE(panel.digest(), digest);
}

TEST(PanelTest, DigestsDependOnNumbersAndNotOnTheirOrder) {
  Random random(11);
  std::vector<Delta> deltas = random_deltas(random, 600, 20);
  Panel a(world(), kMonths, kFirst);
  a.add(deltas, nothing);
  random.shuffle(deltas);
  Panel b(world(), kMonths, kFirst);
  for (const Delta& d : deltas) b.add(std::span(&d, 1), nothing);
  EXPECT_EQ(a.digest(), b.digest());
  b.add(std::span(deltas).subspan(0, 1), nothing);
  if (deltas[0].amount != 0) {
    EXPECT_NE(a.digest(), b.digest());
  }
}

TEST(PanelTest, TouchedIsCalledForEveryChangedCountInKeptPeriods) {
  Panel panel(world(), kMonths, kFirst);
  std::vector<Delta> const one = {
      {DeltaKey(cell("S2", "47"), Measure::kDeaths, PeriodIndex(kFirst.value + 2)), 1}};
  std::map<size_t, int> touched;
  panel.add(one, [&](uint32_t n, Measure m, PeriodIndex p) {
    EXPECT_EQ(m, Measure::kDeaths);
    EXPECT_EQ(p.value, kFirst.value + 2);
    ++touched[n];
  });
  EXPECT_EQ(touched.size(), 9u);  // {S2, S, R} × {47, G, all}
  for (const auto& [n, times] : touched) EXPECT_EQ(times, 1) << n;
}

}  // namespace
}  // namespace bellwether::indicators
