// R6: the distress share at the support desk.
#include <gtest/gtest.h>

#include "core/engine/explain.h"
#include "core/engine/rules/share.h"
#include "region.h"

namespace bellwether::engine {
namespace {

using alerts::Severity;
using alerts::TransitionKind;

class ShareRulesTest : public ::testing::Test {
 protected:
  ShareRulesTest() {
    region_.add(t_, {delta(Measure::kBirths, t_ - 200, 2000)});
    for (; t_ < kBegin.value + 60; ++t_) region_.add(t_, month(100, 20));
  }
  static std::vector<Delta> month_at(int32_t t, int all, int distress) {
    std::vector<Delta> out = {delta(Measure::kBirths, t, 40 + t % 3),
                              delta(Measure::kDeaths, t, 30)};
    if (all > 0) out.push_back(delta(Measure::kInteractions, t, all + all / 2));
    if (all > 0) out.push_back(delta(Measure::kEnquiries, t, all));
    if (distress > 0) out.push_back(delta(Measure::kEnquiriesDistress, t, distress + t % 2));
    return out;
  }
  std::vector<Delta> month(int all, int distress) const { return month_at(t_, all, distress); }
  // Runs one tick and returns its update of R6 at North One's food products.
  std::optional<alerts::AlertUpdate> tick(int all, int distress) {
    auto const verdict = region_.tick(t_, month(all, distress));
    ++t_;
    const alerts::AlertUpdate* const u = update_of(verdict, "R6", "N1", "10");
    return u == nullptr ? std::nullopt : std::optional(*u);
  }

  Region region_;
  int32_t t_ = kBegin.value;
};

TEST_F(ShareRulesTest, RisingDistressIsRaisedSuspendedInSilenceAndCleared) {
  EXPECT_FALSE(tick(100, 20));
  int32_t const rise = t_;
  std::optional<alerts::AlertUpdate> u;
  for (int i = 0; i < 4 && !u; ++i) u = tick(100, 45);
  ASSERT_TRUE(u);
  EXPECT_EQ(u->transition, TransitionKind::kRaised);
  EXPECT_EQ(u->severity, Severity::kAmber);
  EXPECT_EQ(u->onset.value, rise);
  EXPECT_NEAR(u->evidence.observed, 45, 1.1);
  EXPECT_NEAR(u->evidence.expected, 20, 1);
  EXPECT_LT(u->evidence.upper, u->evidence.observed);

  u = tick(0, 0);
  ASSERT_TRUE(u);
  EXPECT_EQ(u->transition, TransitionKind::kSuspended);
  EXPECT_EQ(u->suspended, "source silent: support");
  u = tick(100, 45);
  ASSERT_TRUE(u);
  EXPECT_EQ(u->transition, TransitionKind::kResumed);

  for (int i = 0; i < 24 && u && u->open; ++i) u = tick(100, 20);
  ASSERT_TRUE(u);
  EXPECT_EQ(u->transition, TransitionKind::kCleared);
}

// Benjamini–Hochberg over the shares of the tick, as for counts.
TEST_F(ShareRulesTest, PIsAdjustedForTheNumberOfShares) {
  constexpr double kSeries = 49;  // at most as many nodes
  auto const elsewhere = [&](int32_t t) {
    std::vector<Delta> out = month(100, 45);
    for (std::string_view area : {"N2", "S1", "S2"}) {
      out.push_back(delta(Measure::kEnquiries, t, 100, area, "46"));
      out.push_back(delta(Measure::kEnquiriesDistress, t, 20 + t % 3, area, "46"));
    }
    return out;
  };
  std::optional<alerts::AlertUpdate> u;
  for (int i = 0; i < 30; ++i, ++t_) {
    auto const verdict = region_.tick(t_, elsewhere(t_));
    const alerts::AlertUpdate* const found = update_of(verdict, "R6", "N1", "10");
    if (!u && found != nullptr && found->evidence.p < 1e-4) u = *found;
  }
  ASSERT_TRUE(u);
  EXPECT_GT(u->evidence.p_adjusted, u->evidence.p);
  EXPECT_LE(u->evidence.p_adjusted, kSeries * u->evidence.p);
}

// The numbers are those of the given measures, not those of another share.
TEST_F(ShareRulesTest, AShareUsesItsOwnMeasures) {
  for (int i = 0; i < 3; ++i) tick(100, 20);
  alerts::ShareRule rule;
  rule.harm = base::Harm::kHigh;
  rule.cusum_threshold = 5;
  indicators::Node const node{testing::area("N1"), testing::sector("10")};
  auto const share = [&](Measure numerator, Measure denominator) {
    return assess_share(rule, {numerator, denominator}, region_.evaluator.panel(), node,
                        PeriodIndex(t_ - 1), {})
        .assessment;
  };
  EXPECT_NEAR(share(Measure::kEnquiriesDistress, Measure::kEnquiries).observed, 0.2, 0.02);
  EXPECT_NEAR(share(Measure::kDeaths, Measure::kBirths).observed, 30.0 / 41, 0.02);
}

TEST_F(ShareRulesTest, AQuarterWithTooFewEnquiriesSuspendsTheAlert) {
  std::optional<alerts::AlertUpdate> u;
  for (int i = 0; i < 4; ++i) u = tick(100, 45);
  ASSERT_TRUE(u && u->open);
  alerts::RuleSet rules = alerts::default_rules(kMonths);
  std::erase_if(rules.rules, [](const alerts::Rule& r) { return r.id == "R0"; });
  region_.tell(alerts::RuleSetActivated{rules, "test", base::UnixMillis(0)});
  for (int i = 0; i < 2; ++i) {
    u = tick(3, 1);
    ASSERT_TRUE(u);
    EXPECT_EQ(u->suspended, "") << "with the month of many enquiries, the cases suffice";
    EXPECT_EQ(u->evidence.window_periods, i + 2);
  }
  u = tick(3, 1);
  ASSERT_TRUE(u);
  EXPECT_EQ(u->suspended, "too few cases in the period");
}

// Six enquiries a month are too few for a score, two months are enough.
TEST_F(ShareRulesTest, S6_ASmallDeskIsJudgedByPoolsOfMonths) {
  Region region;
  int32_t t = kBegin.value;
  region.add(t, {delta(Measure::kBirths, t - 200, 2000)});
  auto const small = [&](int distress) {
    std::vector<Delta> out = {delta(Measure::kBirths, t, 40), delta(Measure::kDeaths, t, 30),
                              delta(Measure::kInteractions, t, 60),
                              delta(Measure::kEnquiries, t, 6)};
    if (distress > 0) out.push_back(delta(Measure::kEnquiriesDistress, t, distress));
    return out;
  };
  for (; t < kBegin.value + 60; ++t) region.add(t, small(t % 2 == 0 ? 1 : 2));
  int32_t const rise = t;
  std::optional<alerts::AlertUpdate> raised;
  for (; t < rise + 12 && !raised; ++t) {
    auto const verdict = region.tick(t, small(5));
    if (const alerts::AlertUpdate* const u = update_of(verdict, "R6", "N1", "10")) raised = *u;
  }
  ASSERT_TRUE(raised);
  EXPECT_EQ(raised->evidence.window_periods, 2);
  EXPECT_NEAR(raised->evidence.observed, 100 * 10.0 / 12, 0.1);
  EXPECT_NEAR(raised->evidence.expected, 100 * 3.0 / 12, 2);
  EXPECT_GE(raised->onset.value, rise - 1);
  const alerts::Alert* const alert = open_alert(region.book, "R6", "N1", "10");
  ASSERT_NE(alert, nullptr);
  View const view = region.view();
  std::vector<PathPoint> const path = trace(view, *alert, 60);
  ASSERT_FALSE(path.empty());
  EXPECT_EQ(path.back().window_periods, 2);
  EXPECT_EQ(path.back().denominator, 12);
  EXPECT_NEAR(path.back().cusum, raised->evidence.cusum, 1e-6);
  EXPECT_NE(explain(view, *alert)[0].find("2 months to "), std::string::npos)
      << explain(view, *alert)[0];
}

TEST_F(ShareRulesTest, ThePathHasTheNumbersOfTheDetector) {
  std::optional<alerts::AlertUpdate> u;
  for (int i = 0; i < 4; ++i) u = tick(100, 45);
  ASSERT_TRUE(u && u->open);
  const alerts::Alert* const alert = open_alert(region_.book, "R6", "N1", "10");
  ASSERT_NE(alert, nullptr);
  std::vector<PathPoint> const path = trace(region_.view(), *alert, 60);
  ASSERT_FALSE(path.empty());
  EXPECT_EQ(path.back().period.value, t_ - 1);
  EXPECT_NEAR(path.back().observed, u->evidence.observed, 1e-4);
  EXPECT_NEAR(path.back().expected, u->evidence.expected, 1e-4);
  EXPECT_NEAR(path.back().lower, u->evidence.lower, 1e-4);
  EXPECT_NEAR(path.back().upper, u->evidence.upper, 1e-4);
  EXPECT_NEAR(path.back().z, u->evidence.z, 1e-4);
  EXPECT_NEAR(path.back().cusum, u->evidence.cusum, 1e-4);
  EXPECT_EQ(path.back().denominator, 100);
  EXPECT_NEAR(path.front().expected, 20, 1);
}

}  // namespace
}  // namespace bellwether::engine
