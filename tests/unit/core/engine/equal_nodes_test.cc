#include "core/engine/equal_nodes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "core/base/groups.h"
#include "region.h"

namespace bellwether::engine {
namespace {

using indicators::Node;

Node node(std::string_view area, std::string_view sector) {
  return {testing::area(area), testing::sector(sector)};
}

class EqualNodesTest : public ::testing::Test {
 protected:
  void add(std::string_view area, std::string_view sector, int32_t period, int64_t n = 1,
           Measure m = Measure::kBirths) {
    std::vector<Delta> const one = {delta(m, period, n, area, sector)};
    panel_.add(one, [](uint32_t, Measure, PeriodIndex) {});
  }
  // The names of the nodes that stand for `nodes`.
  std::vector<Node> standing(const std::vector<Node>& nodes, std::optional<Node> open = {}) {
    std::vector<bool> is_open;
    for (Node n : nodes) is_open.push_back(open == n);
    std::vector<Node> out;
    for (size_t i : stand_ins(panel_, nodes, is_open)) out.push_back(nodes[i]);
    return out;
  }
  indicators::Panel panel_{testing::world(), kMonths, kBegin};
};

TEST_F(EqualNodesTest, S4_AnAreaStandsForASetWithTheSameFacts) {
  add("N1", "10", 500);
  add("N2", "46", 500);
  // The hub has North One and South One, but no business is in South One.
  EXPECT_EQ(standing({node("HUB", "all"), node("N1", "all")}),
            (std::vector{node("N1", "all"), node("N1", "all")}));
  add("S1", "10", 501);
  EXPECT_EQ(standing({node("HUB", "all"), node("N1", "all")}),
            (std::vector{node("HUB", "all"), node("N1", "all")}));
}

TEST_F(EqualNodesTest, S4_TheLowestSectorAndAreaStandForAllAboveThem) {
  add("N1", "10", 500);
  std::vector<Node> all;
  for (std::string_view a : {"R", "N", "N1", "HUB"}) {
    for (std::string_view s : {"all", "C", "10"}) all.push_back(node(a, s));
  }
  for (Node n : standing(all)) EXPECT_EQ(n, node("N1", "10"));
  std::vector<Node> equals = equals_of(panel_, node("N", "C"));
  std::erase(all, node("N", "C"));
  std::ranges::sort(all);
  EXPECT_EQ(equals, all);
}

TEST_F(EqualNodesTest, ANodeWithAnOpenAlertStandsForItselfAndItsEquals) {
  add("N1", "10", 500);
  EXPECT_EQ(standing({node("R", "all"), node("N", "C"), node("N1", "10")}, node("N", "C")),
            (std::vector{node("N", "C"), node("N", "C"), node("N", "C")}));
}

TEST_F(EqualNodesTest, EveryMeasureAndTheOpeningBalanceMustBeEqual) {
  add("N1", "10", 500);
  add("N2", "10", kBegin.value - 7);
  EXPECT_FALSE(panel_.same_counts(node("N1", "10"), node("N", "10")));
  add("N2", "10", kBegin.value - 7, -1);
  EXPECT_TRUE(panel_.same_counts(node("N1", "10"), node("N", "10")));
  add("N2", "10", 502, 1, Measure::kDeaths);
  EXPECT_FALSE(panel_.same_counts(node("N1", "10"), node("N", "10")));
  EXPECT_EQ(standing({node("N", "10"), node("N1", "10")}),
            (std::vector{node("N", "10"), node("N1", "10")}));
}

TEST_F(EqualNodesTest, NodesWithoutFactsAndUnrelatedNodesAreNotEqual) {
  EXPECT_TRUE(equals_of(panel_, node("N1", "10")).empty());
  add("N1", "10", 500);
  add("S2", "10", 500);
  EXPECT_TRUE(panel_.same_counts(node("N1", "10"), node("S2", "10")));
  EXPECT_EQ(standing({node("N1", "10"), node("S2", "10")}),
            (std::vector{node("N1", "10"), node("S2", "10")}));
}

// Against the definition: the counts of two nodes, one of which contains the other, compared one by
// one; and what is joined by way of others is equal, too.
TEST_F(EqualNodesTest, PropertyGroupsAreThoseOfTheDefinition) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    panel_ = indicators::Panel(testing::world(), kMonths, kBegin);
    for (int i = 0; i < 5; ++i) {
      add(kAreas[random.below(1 + seed % 4)], kSectors[random.below(1 + seed % 3)],
          random.between(kBegin.value - 1, kBegin.value + 2), 1,
          random.chance(0.5) ? Measure::kBirths : Measure::kDeaths);
    }
    std::vector<Node> nodes;
    for (size_t n = 0; n < panel_.nodes(); ++n) {
      Node const x = panel_.node(n);
      bool any = false;
      for (Measure m : {Measure::kBirths, Measure::kDeaths})
        any |= panel_.cumulative(x, m, PeriodIndex(kBegin.value + 9)) != 0;
      if (any) nodes.push_back(x);
    }
    auto const above = [](Node wide, Node narrow) {
      auto const in = [](std::string_view w, std::string_view n) {
        if (w == n || w == "R") return true;
        if (w == "HUB") return n == "N1" || n == "S1";
        return n != "HUB" && n.size() == 2 && w.size() == 1 && n[0] == w[0];
      };
      auto const sectors = testing::world().sectors.ancestors(narrow.sector);
      return in(testing::world().areas.at(wide.area).code,
                testing::world().areas.at(narrow.area).code) &&
             std::ranges::count(sectors, wide.sector) > 0;
    };
    base::Groups groups(nodes.size());
    for (size_t i = 0; i < nodes.size(); ++i) {
      for (size_t j = 0; j < nodes.size(); ++j) {
        if (i == j || !above(nodes[i], nodes[j])) continue;
        bool same = true;
        for (Measure m : {Measure::kBirths, Measure::kDeaths}) {
          for (int32_t t = kBegin.value - 1; t < kBegin.value + 9; ++t) {
            same &= panel_.cumulative(nodes[i], m, PeriodIndex(t)) ==
                    panel_.cumulative(nodes[j], m, PeriodIndex(t));
          }
        }
        if (same) groups.join(i, j);
      }
    }
    std::vector<size_t> const stands =
        stand_ins(panel_, nodes, std::vector<bool>(nodes.size(), false));
    for (size_t i = 0; i < nodes.size(); ++i) {
      for (size_t j = 0; j < nodes.size(); ++j) {
        ASSERT_EQ(stands[i] == stands[j], groups.find(i) == groups.find(j))
            << "seed " << seed << " " << i << " " << j;
      }
      EXPECT_EQ(stands[stands[i]], stands[i]);
    }
  }
}

// Manufacturing of North One is all that the region has: one alert, not sixteen, and the region's
// level still counts.
TEST(EqualNodesRuleTest, S4_EqualNodesAreJudgedOnceAndToldOnce) {
  Region region;
  int32_t t = kBegin.value;
  auto const month = [&](int births) {
    std::vector<Delta> out = {delta(Measure::kBirths, t, births + t * 7 % 9 - 4),
                              delta(Measure::kDeaths, t, 30)};
    if (t == kBegin.value) out.push_back(delta(Measure::kBirths, t - 2000, 5000));
    return out;
  };
  for (; t < kBegin.value + 90; ++t) region.add(t, month(40));
  alerts::TickEvaluated const verdict = region.tick(t, month(8));
  ASSERT_NE(update_of(verdict, "R1", "N1", "10"), nullptr);
  EXPECT_EQ(std::ranges::count(verdict.updates, "R1",
                               [](const alerts::AlertUpdate& u) { return u.key.rule; }),
            1);
  // Rules that judged these nodes judged one of them.
  EXPECT_LE(verdict.series_assessed,
            static_cast<int32_t>(alerts::default_rules(kMonths).rules.size()));
}

}  // namespace
}  // namespace bellwether::engine
