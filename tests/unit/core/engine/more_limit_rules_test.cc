// R3, R4, R8, R8b and R9b: the limits on insolvencies, late accounts, redundancies and referrals.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "region.h"

namespace bellwether::engine {
namespace {

using alerts::Severity;
using alerts::TransitionKind;

// Three sectors of 2,000 businesses, one in each of N1, N2 and S1, and a quiet month of each.
class MoreLimitRulesTest : public ::testing::Test {
 protected:
  struct Month {
    int insolvencies_n1 = 5;
    int insolvencies_elsewhere = 5;
    int accounts_overdue = 0;  // more than a month before
    int jobs_at_risk = 0;
    int referrals = 40;
    int completed = 30;  // of those opened in the month, in the end
  };
  MoreLimitRulesTest() {
    for (std::string_view a : {"N1", "N2", "S1"})
      region_.add(t_, {delta(Measure::kBirths, t_ - 200, 2000, a, sector_of(a))});
    for (; t_ < kBegin.value + 60; ++t_) region_.add(t_, deltas({}));
  }
  static std::string_view sector_of(std::string_view area) { return area == "S1" ? "46" : "10"; }
  std::vector<Delta> deltas(const Month& m) const {
    std::vector<Delta> out;
    for (std::string_view a : {"N1", "N2", "S1"}) {
      auto const add = [&](Measure measure, int n) {
        if (n != 0) out.push_back(delta(measure, t_, n, a, sector_of(a)));
      };
      add(Measure::kBirths, 20);
      add(Measure::kDeaths, 20);
      add(Measure::kInteractions, 60);
      add(Measure::kInsolvencies, a == "N1" ? m.insolvencies_n1 : m.insolvencies_elsewhere);
      if (a != "N1") continue;
      add(Measure::kAccountsOverdue, m.accounts_overdue + (t_ % 2 == 0 ? 1 : -1));
      add(Measure::kJobsAtRisk, m.jobs_at_risk);
      add(Measure::kReferralsOpened, m.referrals);
      add(Measure::kReferralsCompletedByOpening, m.completed);
    }
    return out;
  }
  // The jobs in N1, by an official figure of the last year.
  void give_jobs(double jobs, std::string_view sector = "10") {
    base::Days const first = base::days_from_civil(1970 + t_ / 12 - 1, 1, 1);
    figures_ = {{base::FactId(1),
                 {domain::Statistic::kEmployment,
                  testing::area("N1"),
                  testing::sector(sector),
                  {first, domain::Frequency::kYear}},
                 indicators::OfficialFigure{jobs, first, {}}}};
  }
  void tick(const Month& m) {
    region_.figures = std::exchange(figures_, {});
    verdict_ = region_.tick(t_, deltas(m));
    ++t_;
  }
  // The update of the rule at a node.
  std::optional<alerts::AlertUpdate> update(std::string_view rule, std::string_view a = "N1",
                                            std::string_view s = "10") const {
    const alerts::AlertUpdate* const u = update_of(verdict_, rule, a, s);
    return u == nullptr ? std::nullopt : std::optional(*u);
  }

  Region region_;
  std::vector<indicators::FigureChange> figures_;
  int32_t t_ = kBegin.value;
  alerts::TickEvaluated verdict_;
};

TEST_F(MoreLimitRulesTest, QuietMonthsRaiseNothing) {
  for (int i = 0; i < 12; ++i) {
    tick({});
    EXPECT_TRUE(verdict_.updates.empty());
  }
}

TEST_F(MoreLimitRulesTest, R3DetectsInsolvenciesThatRiseHereAndNotAround) {
  for (int i = 0; i < 11; ++i) tick({.insolvencies_n1 = 15});
  EXPECT_EQ(open_alert(region_.book, "R3", "N2", "10"), nullptr);
  const alerts::Alert* const wave = open_alert(region_.book, "R3", "N1", "10");
  ASSERT_NE(wave, nullptr);
  EXPECT_EQ(wave->state.severity, Severity::kRed);
  EXPECT_GT(wave->raised_evidence.lower, 1.5);
  EXPECT_EQ(wave->raised_evidence.limit, 1.5);
  for (int i = 0; i < 14; ++i) tick({});
  EXPECT_EQ(open_alert(region_.book, "R3", "N1", "10"), nullptr);
}

// A part of a wave that is everywhere is no local wave, but the whole region has one.
TEST_F(MoreLimitRulesTest, R3DetectsInsolvenciesThatRiseEverywhereInTheWholeRegionOnly) {
  for (int i = 0; i < 12; ++i) tick({.insolvencies_n1 = 15, .insolvencies_elsewhere = 15});
  EXPECT_NE(open_alert(region_.book, "R3", "R", "all"), nullptr);
  EXPECT_EQ(open_alert(region_.book, "R3", "N1", "10"), nullptr);
  EXPECT_EQ(open_alert(region_.book, "R3", "N", "10"), nullptr);
}

TEST_F(MoreLimitRulesTest, R4DetectsAccountsThatAreLaterThanAYearAgo) {
  tick({.accounts_overdue = 50});  // 2.5 % of the stock
  EXPECT_FALSE(update("R4"));
  tick({.accounts_overdue = 60});
  auto u = update("R4");
  ASSERT_TRUE(u);
  EXPECT_EQ(u->transition, TransitionKind::kRaised);
  EXPECT_EQ(u->severity, Severity::kAmber);
  EXPECT_NEAR(u->evidence.observed, 5.5, 0.1);
  EXPECT_GT(u->evidence.lower, 3);
  for (int i = 0; i < 12; ++i) tick({});
  u = update("R4");
  EXPECT_EQ(open_alert(region_.book, "R4", "N1", "10"), nullptr)
      << "the level is that of last year";
}

TEST_F(MoreLimitRulesTest, R8DetectsFiftyJobsAtRiskInAQuarter) {
  tick({.jobs_at_risk = 49});
  EXPECT_FALSE(update("R8"));
  tick({.jobs_at_risk = 1});
  auto u = update("R8");
  ASSERT_TRUE(u);
  EXPECT_EQ(u->transition, TransitionKind::kRaised);
  EXPECT_EQ(u->severity, Severity::kRed);
  EXPECT_EQ(u->evidence.observed, 50);
  tick({});
  EXPECT_NE(open_alert(region_.book, "R8", "N1", "10"), nullptr);
  tick({});
  EXPECT_EQ(open_alert(region_.book, "R8", "N1", "10"), nullptr) << "after a quarter";
}

TEST_F(MoreLimitRulesTest, R8bDetectsAHundredthOfTheJobsOfASmallPlace) {
  give_jobs(900);
  tick({.jobs_at_risk = 8});
  EXPECT_FALSE(update("R8b"));
  tick({.jobs_at_risk = 4});
  auto const u = update("R8b");
  ASSERT_TRUE(u);
  EXPECT_EQ(u->transition, TransitionKind::kRaised);
  EXPECT_EQ(u->severity, Severity::kRed);
  EXPECT_NEAR(u->evidence.observed, 100 * 10.0 / 900, 1e-6)
      << "the share of 12 jobs, rounded to 10: everybody knows the number of jobs";
  EXPECT_FALSE(update("R8")) << "12 jobs are fewer than 50";
  for (int i = 0; i < 3; ++i) tick({});
  EXPECT_EQ(open_alert(region_.book, "R8b", "N1", "10"), nullptr) << "after a quarter";
}

TEST_F(MoreLimitRulesTest, R8bSaysNothingOfFewJobsNorWithoutAFigureOfEmployment) {
  tick({.jobs_at_risk = 40});
  EXPECT_FALSE(update("R8b")) << "no figure of employment";
  for (int i = 0; i < 3; ++i) tick({});
  give_jobs(300);
  tick({.jobs_at_risk = 9});
  EXPECT_FALSE(update("R8b")) << "3 % of the jobs, but fewer than ten people";
  tick({.jobs_at_risk = 1});
  EXPECT_TRUE(update("R8b"));
}

// N1 has businesses of one division only, and its jobs are known for all industries together.
TEST_F(MoreLimitRulesTest, R8bJudgesTheNodeThatHasTheFigure) {
  give_jobs(900, "all");
  tick({.jobs_at_risk = 12});
  EXPECT_FALSE(update("R8b", "N1", "10"));
  EXPECT_TRUE(update("R8b", "N1", "all"));
}

TEST_F(MoreLimitRulesTest, R8bHoldsFromExactlyOnePercentOn) {
  give_jobs(1201);
  tick({.jobs_at_risk = 12});
  EXPECT_FALSE(update("R8b"));
  for (int i = 0; i < 3; ++i) tick({});
  give_jobs(1200);
  tick({.jobs_at_risk = 12});
  EXPECT_TRUE(update("R8b"));
}

TEST_F(MoreLimitRulesTest, R9bDetectsReferralsThatAreNotCompleted) {
  for (int i = 0; i < 3; ++i) tick({.completed = 8});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(open_alert(region_.book, "R9b", "N1", "10"), nullptr) << "they still have time";
    tick({});
    if (open_alert(region_.book, "R9b", "N1", "10") != nullptr) break;
  }
  const alerts::Alert* const slow = open_alert(region_.book, "R9b", "N1", "10");
  ASSERT_NE(slow, nullptr);
  EXPECT_EQ(slow->state.severity, Severity::kOps);
  EXPECT_LT(slow->raised_evidence.upper, 50);
}

}  // namespace
}  // namespace bellwether::engine
