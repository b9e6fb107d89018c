// R13: the combined score of several counts of a node.
#include <gtest/gtest.h>

#include <optional>

#include "core/engine/explain.h"
#include "core/engine/rules/composite.h"
#include "region.h"

namespace bellwether::engine {
namespace {

using alerts::Severity;
using alerts::TransitionKind;

constexpr alerts::CompositePart kFewBirths{Measure::kBirths, base::Harm::kLow};
constexpr alerts::CompositePart kManyDeaths{Measure::kDeaths, base::Harm::kHigh};
constexpr alerts::CompositePart kManyInsolvencies{Measure::kInsolvencies, base::Harm::kHigh};

alerts::RuleSet composite_alone(std::vector<alerts::CompositePart> parts) {
  alerts::RuleSet rules = alerts::default_rules(kMonths);
  std::erase_if(rules.rules, [](const alerts::Rule& r) { return r.id != "R13" && r.id != "R0"; });
  rules.rules.back().enabled = true;
  std::get<alerts::CompositeRule>(rules.rules.back().detail).parts = std::move(parts);
  return rules;
}

class CompositeRuleTest : public ::testing::Test {
 protected:
  explicit CompositeRuleTest(std::vector<alerts::CompositePart> parts = {kFewBirths, kManyDeaths,
                                                                         kManyInsolvencies})
      : region_(composite_alone(std::move(parts))) {
    region_.add(t_, {delta(Measure::kBirths, t_ - 400, 50'000)});
    for (; t_ < kBegin.value + 84; ++t_) region_.add(t_, month(100, 100));
  }
  // The counts scatter independently.
  std::vector<Delta> month(int births, int deaths) const {
    return {delta(Measure::kBirths, t_, births + t_ * 7 % 31 - 15),
            delta(Measure::kDeaths, t_, deaths + t_ * 11 % 29 - 14)};
  }
  std::optional<alerts::AlertUpdate> tick(const std::vector<Delta>& deltas) {
    auto const verdict = region_.tick(t_++, deltas);
    const alerts::AlertUpdate* const u = update_of(verdict, "R13", "N1", "10");
    return u == nullptr ? std::nullopt : std::optional(*u);
  }
  Region region_;
  int32_t t_ = kBegin.value;
};

// Neither count deviates much; the combination of both does.
TEST_F(CompositeRuleTest, SmallDeviationsOfBothCountsAddUp) {
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(tick(month(100, 100)));
  int32_t const turn = t_;
  std::optional<alerts::AlertUpdate> u;
  for (int i = 0; i < 12 && !(u && u->severity == Severity::kRed); ++i) u = tick(month(82, 118));
  ASSERT_TRUE(u);
  EXPECT_EQ(u->severity, Severity::kRed);
  EXPECT_GE(u->onset.value, turn - 6);
  const alerts::Evidence& e = u->evidence;
  EXPECT_EQ(e.cusum, e.cusum_threshold);
  EXPECT_EQ(e.observed, e.z);
  EXPECT_EQ(e.lower, -e.upper);
  ASSERT_EQ(e.contributions.size(), 2u) << "this region has no insolvencies";
  double share = 0;
  for (const alerts::Contribution& c : e.contributions) {
    EXPECT_EQ(c.area, "N1");
    EXPECT_EQ(c.sector, "10");
    EXPECT_LT(c.z, 3) << "each part must deviate only slightly";
    EXPECT_TRUE(c.measure == "births" || c.measure == "deaths");
    share += c.share;
  }
  EXPECT_NEAR(share, 1, 1e-5);
  EXPECT_GE(e.contributions[0].z, e.contributions[1].z);

  View const view = region_.view();
  const alerts::Alert* const alert = open_alert(region_.book, "R13", "N1", "10");
  ASSERT_NE(alert, nullptr);
  std::vector<PathPoint> const path = trace(view, *alert, 60);
  ASSERT_FALSE(path.empty());
  EXPECT_EQ(path.back().period.value, t_ - 1);
  EXPECT_NEAR(path.back().z, e.z, 1e-5);
  EXPECT_NEAR(path.back().cusum, e.cusum, 1e-5);

  for (int i = 0; i < 36 && u && u->open; ++i) u = tick(month(100, 100));
  ASSERT_TRUE(u);
  EXPECT_EQ(u->transition, TransitionKind::kCleared);
}

// A good deviation in one count cancels a bad one in the other.
TEST_F(CompositeRuleTest, OppositeDeviationsCancel) {
  for (int i = 0; i < 12; ++i) EXPECT_FALSE(tick(month(82, 82)));
}

TEST_F(CompositeRuleTest, ASilentSourceSuspendsTheAlert) {
  std::optional<alerts::AlertUpdate> u;
  for (int i = 0; i < 6; ++i) u = tick(month(60, 140));
  ASSERT_TRUE(u && u->open);
  u = tick({});
  ASSERT_TRUE(u);
  EXPECT_EQ(u->suspended, "source silent: registrations");
}

// A single count cannot be combined.
class OneKnownPartTest : public CompositeRuleTest {
 protected:
  OneKnownPartTest() : CompositeRuleTest({kFewBirths, kManyInsolvencies}) {}
};
TEST_F(OneKnownPartTest, IsNotAssessed) {
  for (int i = 0; i < 6; ++i) EXPECT_FALSE(tick(month(30, 140)));
}

// The evaluator's state for the parts is a cache, with late facts and preparation in any order.
TEST(CompositePropertyTest, IncrementalEqualsFresh) {
  for (uint64_t seed = 1; seed <= 2; ++seed) {
    Town town(seed);
    town.fall_from = kBegin.value + 75;
    town.late_share = 0.1;
    Random random(seed);
    Region region(composite_alone({kFewBirths, {Measure::kDeaths, base::Harm::kHigh, 0.5}}));
    std::vector<std::pair<int32_t, std::vector<Delta>>> history;
    for (int32_t t = kBegin.value; t < kBegin.value + 90; ++t) {
      history.emplace_back(t, town.month(t));
      alerts::Book const before = region.book;
      alerts::TickEvaluated const verdict = region.tick(t, history.back().second);
      if (random.chance(0.5))
        region.evaluator.prepare(PeriodIndex(t + 1), region.book, random.below(90));
      if (t < kBegin.value + 60 || !random.chance(0.3)) continue;
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
    }
    EXPECT_NE(open_alert(region.book, "R13", "R", "10"), nullptr)
        << "no alert was raised, so the test shows little";
  }
}

}  // namespace
}  // namespace bellwether::engine
