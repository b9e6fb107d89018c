// R2 and R9: an indicator is beyond a limit.
#include <gtest/gtest.h>

#include <optional>

#include "region.h"

namespace bellwether::engine {
namespace {

using alerts::Severity;
using alerts::TransitionKind;

struct Month {
  int births = 40;
  int deaths = 30;
  int enquiries = 60;
  Measure answered = Measure::kResponse5;  // 3 to 4 hours
};

class LimitRulesTest : public ::testing::Test {
 protected:
  LimitRulesTest() {
    region_.add(t_, {delta(Measure::kBirths, t_ - 200, 2000)});
    for (; t_ < kBegin.value + 60; ++t_) region_.add(t_, deltas({}));
  }
  std::vector<Delta> deltas(Month m) const {
    std::vector<Delta> out;
    for (auto [measure, n] : {std::pair{Measure::kBirths, m.births},
                              {Measure::kDeaths, m.deaths},
                              {Measure::kInteractions, m.enquiries},
                              {m.answered, m.enquiries}}) {
      if (n > 0) out.push_back(delta(measure, t_, n));
    }
    return out;
  }
  std::optional<alerts::AlertUpdate> tick(const std::string& rule, Month m) {
    auto const verdict = region_.tick(t_, deltas(m));
    ++t_;
    const alerts::AlertUpdate* const u = update_of(verdict, rule, "N1", "10");
    return u == nullptr ? std::nullopt : std::optional(*u);
  }
  Region region_;
  int32_t t_ = kBegin.value;
};

TEST_F(LimitRulesTest, R2DetectsAShrinkingSectorAfterTwoQuartersIsSuspendedAndClears) {
  Month const shrinking{.births = 20, .deaths = 60};
  std::optional<alerts::AlertUpdate> u;
  int months = 0;
  for (; months < 24 && !u; ++months) u = tick("R2", shrinking);
  ASSERT_TRUE(u);
  EXPECT_EQ(u->transition, TransitionKind::kRaised);
  EXPECT_EQ(u->severity, Severity::kAmber);
  EXPECT_LT(u->evidence.observed, 0);
  // Three bad months make the sum of twelve negative. It must stay negative for six months.
  EXPECT_EQ(months, 3 + 5);
  EXPECT_EQ(u->onset.value, t_ - 6);

  u = tick("R2", {.births = 0, .deaths = 0});
  ASSERT_TRUE(u);
  EXPECT_EQ(u->transition, TransitionKind::kSuspended);
  EXPECT_EQ(u->suspended, "source silent: registrations");
  u = tick("R2", shrinking);
  ASSERT_TRUE(u);
  EXPECT_EQ(u->transition, TransitionKind::kResumed);

  for (int i = 0; i < 24 && u && u->open; ++i) u = tick("R2", {.births = 90});
  ASSERT_TRUE(u);
  EXPECT_EQ(u->transition, TransitionKind::kCleared);
  EXPECT_GE(u->evidence.observed, 0);
}

TEST_F(LimitRulesTest, R9DetectsSlowServiceAtOnceIsSuspendedAndClearsWellBelowTheLimit) {
  Month const slow{.answered = Measure::kResponse14};  // 60 to 80 hours
  Month const better{.answered =
                         Measure::kResponse12};  // 32 to 40: below the limit, above 80 % of it
  EXPECT_FALSE(tick("R9", {}));
  auto u = tick("R9", slow);
  ASSERT_TRUE(u);
  EXPECT_EQ(u->transition, TransitionKind::kRaised);
  EXPECT_EQ(u->severity, Severity::kOps);
  EXPECT_EQ(u->evidence.limit, 40);
  EXPECT_DOUBLE_EQ(u->evidence.observed, 78);

  u = tick("R9", better);
  ASSERT_TRUE(u);
  EXPECT_TRUE(u->open);
  EXPECT_EQ(u->transition, TransitionKind::kNone);

  u = tick("R9", {.enquiries = 0});
  ASSERT_TRUE(u);
  EXPECT_EQ(u->transition, TransitionKind::kSuspended);
  EXPECT_EQ(u->suspended, "source silent: support");

  u = tick("R9", {});
  ASSERT_TRUE(u);
  EXPECT_EQ(u->transition, TransitionKind::kCleared);
}

TEST_F(LimitRulesTest, ReachIsNotAssessedWhenEitherOfItsSourcesIsSilent) {
  alerts::RuleSet rules = alerts::default_rules(kMonths);
  alerts::Rule reach = *alerts::find_rule(rules, "R2");
  reach.id = "X1";
  auto& limit = std::get<alerts::LimitRule>(reach.detail);
  limit.indicator = indicators::Indicator::kReach;
  limit.limit = 50;
  limit.persistence = 1;
  rules.rules.push_back(reach);
  region_.tell(alerts::RuleSetActivated{rules, "test", base::UnixMillis(0)});
  auto u = tick("X1", {});
  ASSERT_TRUE(u) << "no business has had support";
  EXPECT_EQ(u->transition, TransitionKind::kRaised);

  u = tick("X1", {.births = 0, .deaths = 0});
  ASSERT_TRUE(u);
  EXPECT_EQ(u->suspended, "source silent: registrations");
  u = tick("X1", {});
  ASSERT_TRUE(u);
  EXPECT_EQ(u->transition, TransitionKind::kResumed);
  u = tick("X1", {.enquiries = 0});
  ASSERT_TRUE(u);
  EXPECT_EQ(u->suspended, "source silent: support");
  u = tick("X1", {.births = 0, .deaths = 0, .enquiries = 0});
  ASSERT_TRUE(u);
  EXPECT_EQ(u->suspended, "source silent: registrations, support");
}

TEST_F(LimitRulesTest, R9WithFewAnswersIsNotAssessedAndDoesNotSayHowFew) {
  auto u = tick("R9", {.answered = Measure::kResponse14});
  ASSERT_TRUE(u);
  alerts::RuleSet rules = alerts::default_rules(kMonths);
  std::erase_if(rules.rules, [](const alerts::Rule& r) { return r.id == "R0"; });
  region_.tell(alerts::RuleSetActivated{rules, "test", base::UnixMillis(0)});
  u = tick("R9", {.enquiries = 7, .answered = Measure::kResponse14});
  ASSERT_TRUE(u);
  EXPECT_EQ(u->transition, TransitionKind::kSuspended);
  EXPECT_EQ(u->suspended, "interactions with a response below 10");
}

}  // namespace
}  // namespace bellwether::engine
