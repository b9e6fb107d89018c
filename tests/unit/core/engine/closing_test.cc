// An alert that no rule tests any more is closed.
#include <gtest/gtest.h>

#include "region.h"

namespace bellwether::engine {
namespace {

using alerts::ClearReason;
using alerts::TransitionKind;

constexpr int32_t kFall = kBegin.value + 90;

class ClosingTest : public ::testing::Test {
 protected:
  // Runs up to a month with a known fall of births of food products.
  void fall(int32_t at) {
    town_.fall_from = at;
    for (; t_ < at - 2; ++t_) region_.add(t_, town_.month(t_));
    for (; t_ < at + 4; ++t_) tick();
  }
  alerts::TickEvaluated tick() { return region_.tick(t_, town_.month(t_)); }
  // Runs the next tick, which must close all alerts of R1 for that reason.
  void expect_closed(ClearReason reason) {
    alerts::TickEvaluated const verdict = tick();
    const alerts::AlertUpdate* const u = update_of(verdict, "R1", "R", "10");
    ASSERT_NE(u, nullptr);
    EXPECT_FALSE(u->open);
    EXPECT_EQ(u->transition, TransitionKind::kCleared);
    EXPECT_EQ(u->clear_reason, reason);
    for (const auto& [key, alert] : region_.book.open()) EXPECT_NE(key.rule, "R1");
    EXPECT_EQ(region_.book.find(region_.book.alert_name(u->key, u->raised))->cleared,
              PeriodIndex(t_));
  }
  Town town_{1};
  Region region_;
  int32_t t_ = kBegin.value;
};

TEST_F(ClosingTest, AnAlertOfADisabledRuleIsClosed) {
  fall(kFall);
  ASSERT_NE(open_alert(region_.book, "R1", "R", "10"), nullptr);
  alerts::RuleSet rules = alerts::default_rules(kMonths);
  for (alerts::Rule& r : rules.rules) r.enabled = r.id != "R1";
  region_.tell(alerts::RuleSetActivated{rules, "test", base::UnixMillis(0)});
  expect_closed(ClearReason::kRuleDisabled);
}

TEST_F(ClosingTest, AnAlertOfARemovedRuleIsClosed) {
  fall(kFall);
  alerts::RuleSet rules = alerts::default_rules(kMonths);
  std::erase_if(rules.rules, [](const alerts::Rule& r) { return r.id == "R1"; });
  region_.tell(alerts::RuleSetActivated{rules, "test", base::UnixMillis(0)});
  expect_closed(ClearReason::kRuleRemoved);
}

TEST_F(ClosingTest, AlertsOfLevelsOutsideTheRuleAreClosed) {
  fall(kFall);
  alerts::RuleSet rules = alerts::default_rules(kMonths);
  for (alerts::Rule& r : rules.rules) {
    if (alerts::NodeScope* const nodes = alerts::node_scope(r)) nodes->area_levels = {"nowhere"};
  }
  region_.tell(alerts::RuleSetActivated{rules, "test", base::UnixMillis(0)});
  expect_closed(ClearReason::kOutOfScope);
}

TEST_F(ClosingTest, AlertsOfAnEndedAreaSetAreClosed) {
  int32_t const ends =
      testing::must(kMonths.parse("2024-04")).value;  // the first month without HUB
  fall(ends - 4);
  ASSERT_EQ(t_, ends);
  ASSERT_NE(open_alert(region_.book, "R1", "HUB", "10"), nullptr);
  auto const verdict = tick();
  const alerts::AlertUpdate* const u = update_of(verdict, "R1", "HUB", "10");
  ASSERT_NE(u, nullptr);
  EXPECT_FALSE(u->open);
  EXPECT_EQ(u->clear_reason, ClearReason::kOutOfScope);
  EXPECT_NE(open_alert(region_.book, "R1", "N1", "10"), nullptr)
      << "the members of the area set are still tested";
}

TEST_F(ClosingTest, AnAlertWhoseSeriesIsNoLongerKeptIsSuspended) {
  fall(kFall);
  Evaluator empty(shared_world(), options());
  empty.apply(PeriodIndex(t_), {});
  auto const verdict = empty.evaluate(PeriodIndex(t_), region_.book, {}, false);
  const alerts::AlertUpdate* const u = update_of(verdict, "R1", "R", "10");
  ASSERT_NE(u, nullptr);
  EXPECT_TRUE(u->open);
  EXPECT_EQ(u->transition, TransitionKind::kSuspended);
  EXPECT_FALSE(u->suspended.empty());
}

TEST_F(ClosingTest, AQuietAlertIsClearedWithReasonQuiet) {
  fall(kFall);
  town_.fall_from = INT32_MAX;
  const alerts::AlertUpdate* cleared = nullptr;
  alerts::TickEvaluated verdict;
  for (int i = 0; i < 36 && (cleared == nullptr || cleared->open); ++i, ++t_) {
    verdict = tick();
    cleared = update_of(verdict, "R1", "R", "10");
    ASSERT_NE(cleared, nullptr);
  }
  EXPECT_EQ(cleared->transition, TransitionKind::kCleared);
  EXPECT_EQ(cleared->clear_reason, ClearReason::kQuiet);
}

}  // namespace
}  // namespace bellwether::engine
