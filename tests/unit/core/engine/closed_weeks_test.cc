// S3: weeks in which businesses and registers rest are neither judged nor learned from.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/engine/explain.h"
#include "core/engine/rules/detector.h"
#include "region.h"
#include "support/must.h"

namespace bellwether::engine {
namespace {

using alerts::TransitionKind;

constexpr int kFirstYear = 2005;
constexpr int kTestedFrom = 2014;
constexpr int kYears = 16;

// The year ends of all years: 24 December to 1 January.
base::BusinessCalendar year_ends() {
  base::SpecialDays days;
  for (int year = kFirstYear; year < kFirstYear + kYears; ++year)
    for (int d = 24; d <= 32; ++d) days.closures.push_back(testing::day(year, 12, d));
  return testing::must(base::BusinessCalendar::make(std::move(days)));
}

class ClosedWeeksTest : public ::testing::Test {
 protected:
  // A region with rules on births and on deaths with births. With `known`, it knows the year ends.
  explicit ClosedWeeksTest(bool known = true) : region_(rules(known), kWeeks) {
    region_.add(t_, {delta(Measure::kBirths, t_ - 400, 50'000)});
  }
  static alerts::RuleSet rules(bool known) {
    alerts::RuleSet set = alerts::default_rules(kWeeks);
    std::erase_if(set.rules, [](const alerts::Rule& r) { return r.id != "R1" && r.id != "R13"; });
    set.rules.back().enabled = true;
    auto& composite = std::get<alerts::CompositeRule>(set.rules.back().detail);
    composite.parts.resize(2);
    if (known) set.business_calendar = year_ends();
    return set;
  }
  bool closed() const { return year_ends().closed(kWeeks, PeriodIndex(t_)); }
  // A fifth of the usual births in the weeks of the year end, and `births` in the others. Deaths
  // rise fivefold there, as a register that empties its desk does.
  std::vector<Delta> week(int births) {
    bool const rest = closed();
    return {delta(Measure::kBirths, t_, rest ? births / 5 : births + random_.between(-6, 6)),
            delta(Measure::kDeaths, t_, rest ? 150 : 30 + random_.between(-5, 5))};
  }
  alerts::TickEvaluated tick(int births) {
    alerts::TickEvaluated verdict = region_.tick(t_, week(births));
    ++t_;
    return verdict;
  }
  void live_until(std::string_view period, int births = 50) {
    for (int32_t const end = testing::must(kWeeks.parse(period)).value; t_ < end; ++t_)
      region_.add(t_, week(births));
  }
  // The number of alerts raised within five years of the same births.
  int raised_in_five_years() {
    live_until(std::to_string(kTestedFrom) + "-W01");
    int raised = 0;
    for (int i = 0; i < 5 * 52; ++i) {
      for (const alerts::AlertUpdate& u : tick(50).updates)
        raised += u.transition == TransitionKind::kRaised;
    }
    return raised;
  }
  Region region_;
  Random random_{1};
  int32_t t_ = kWeeks.period_of(testing::day(kFirstYear, 1, 3)).value;
};

TEST_F(ClosedWeeksTest, S3_AYearEndRaisesNoAlert) {
  EXPECT_EQ(raised_in_five_years(), 0);
}

class UnknownClosuresTest : public ClosedWeeksTest {
 protected:
  UnknownClosuresTest() : ClosedWeeksTest(false) {}
};

TEST_F(UnknownClosuresTest, WithoutTheCalendarTheSameYearEndsRaiseAlerts) {
  EXPECT_GT(raised_in_five_years(), 0);
}

TEST_F(ClosedWeeksTest, S3_AnOpenAlertStaysAsItIsAndItsPathSaysWhy) {
  live_until("2015-W48");
  while (t_ < testing::must(kWeeks.parse("2015-W52")).value) tick(20);
  ASSERT_NE(open_alert(region_.book, "R1", "N1", "10"), nullptr);
  alerts::AlertUpdate before = open_alert(region_.book, "R1", "N1", "10")->state;
  before.transition = TransitionKind::kNone;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(closed());
    alerts::TickEvaluated const verdict = tick(20);
    EXPECT_EQ(verdict.series_assessed, 0);
    for (const alerts::AlertUpdate& u : verdict.updates)
      EXPECT_EQ(u.transition, TransitionKind::kNone) << u.key.rule << " " << u.key.sector;
    const alerts::AlertUpdate* const u = update_of(verdict, "R1", "N1", "10");
    ASSERT_NE(u, nullptr);
    EXPECT_EQ(*u, before);
  }
  ASSERT_FALSE(closed());
  tick(20);
  const alerts::Alert* const alert = open_alert(region_.book, "R1", "N1", "10");
  ASSERT_NE(alert, nullptr);
  EXPECT_EQ(alert->state.suspended, "");
  for (const char* rule : {"R1", "R13"}) {
    const alerts::Alert* const traced = open_alert(region_.book, rule, "R", "10");
    if (traced == nullptr) continue;
    std::vector<PathPoint> const path = trace(region_.view(), *traced, 4);
    ASSERT_EQ(path.size(), 4u) << rule;
    EXPECT_EQ(path[0].not_assessed, "") << rule;
    EXPECT_EQ(path[1].not_assessed, "closed: holidays") << rule;
    EXPECT_EQ(path[2].not_assessed, "closed: holidays") << rule;
    EXPECT_EQ(path[3].not_assessed, "") << rule;
  }
}

// A changed table is a new rule set, from the next tick on.
TEST_F(UnknownClosuresTest, S3_AdoptedClosuresCountFromTheNextTick) {
  live_until("2015-W51");
  tick(50);
  region_.tell(alerts::RuleSetActivated{rules(true), "test", {}});
  EXPECT_EQ(tick(50).series_assessed, 0);
  region_.tell(alerts::RuleSetActivated{rules(false), "test", {}});
  EXPECT_GT(tick(50).series_assessed, 0);
}

// A register that rests with the businesses is not silent. In any other week it is.
TEST(ClosedSourceTest, S3_AClosedWeekIsNoSilence) {
  alerts::RuleSet rules = alerts::default_rules(kWeeks);
  std::erase_if(rules.rules, [](const alerts::Rule& r) { return r.id != "R0"; });
  rules.business_calendar = year_ends();
  Region region(rules, kWeeks);
  int32_t const begin = kWeeks.period_of(testing::day(kFirstYear, 1, 3)).value;
  int32_t const end = begin + 10 * 52 + 20;
  auto const week = [&](int32_t t) {
    bool const rest = rules.business_calendar.closed(kWeeks, PeriodIndex(t));
    return std::vector<Delta>{delta(Measure::kBirths, t, rest || t >= end ? 0 : 60)};
  };
  int closed = 0;
  for (int32_t t = begin; t < end; ++t) {
    EXPECT_TRUE(region.tick(t, week(t)).silent_topics.empty()) << kWeeks.name(PeriodIndex(t));
    closed += rules.business_calendar.closed(kWeeks, PeriodIndex(t)) ? 1 : 0;
  }
  EXPECT_GE(closed, 5);
  EXPECT_EQ(region.tick(end, week(end)).silent_topics, std::vector<std::string>{"registrations"});
}

}  // namespace
}  // namespace bellwether::engine
