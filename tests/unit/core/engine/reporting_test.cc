#include "core/engine/reporting.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/engine/explain.h"
#include "core/engine/rules/detector.h"
#include "region.h"

namespace bellwether::engine {
namespace {

constexpr Measure kBirths = Measure::kBirths;

indicators::Report report(int32_t period, int delay, int64_t n) {
  return {{kBirths, static_cast<uint8_t>(delay), PeriodIndex(period)}, n};
}

void tell(Reporting& reporting, int32_t tick, std::vector<indicators::Report> reports) {
  reporting.begin(PeriodIndex(tick));
  reporting.add(reports);
}

// 70 at once, 20 one month later, 10 after two months.
void tell_steadily(Reporting& reporting, int32_t first, int32_t last) {
  for (int32_t t = first; t <= last; ++t) {
    tell(reporting, t, {report(t, 0, 70), report(t - 1, 1, 20), report(t - 2, 2, 10)});
  }
}

TEST(ReportingTest, SteadyDelaysGiveTheCorrectShares) {
  Reporting reporting(kMonths);
  tell_steadily(reporting, 500, 540);
  SharesByMeasure const shares = reporting.shares();
  EXPECT_NEAR(shares.at(kBirths, 0), 0.7, 1e-12);
  EXPECT_NEAR(shares.at(kBirths, 1), 0.9, 1e-12);
  EXPECT_EQ(shares.at(kBirths, 2), 1);
  EXPECT_EQ(shares.from(kBirths, 0).size(), 2u);
  EXPECT_EQ(shares.from(kBirths, 1).size(), 1u);
  EXPECT_TRUE(shares.from(kBirths, 30).empty());
  EXPECT_EQ(shares.testable_age(kBirths), 0);
  EXPECT_GT(shares.log_variance_at(kBirths, 0), shares.log_variance_at(kBirths, 1));
  EXPECT_EQ(shares.at(Measure::kDeaths, 0), 1) << "a measure without reports is complete";
}

TEST(ReportingTest, ARegisterLoadedInOneGoHasNoDelays) {
  Reporting reporting(kMonths);
  std::vector<indicators::Report> past;
  for (int32_t t = 494; t <= 500; ++t) past.push_back(report(t, 500 - t, 100));
  tell(reporting, 500, past);
  for (int32_t t = 501; t < 505; ++t) tell(reporting, t, {report(t, 0, 100)});
  EXPECT_EQ(reporting.shares().at(kBirths, 0), 1);
  EXPECT_EQ(reporting.load(), PeriodIndex(500));
  for (int32_t t = 505; t < 520; ++t) tell(reporting, t, {report(t, 0, 100)});
  EXPECT_EQ(reporting.load(), std::nullopt) << "long ago";
}

TEST(ReportingTest, BirthsThatAreToldAsTheyHappenAreNoLoad) {
  Reporting reporting(kMonths);
  for (int32_t t = 500; t < 530; ++t) {
    tell(reporting, t, {report(t, 0, 100), report(t - 1, 1, 20)});
    EXPECT_EQ(reporting.load(), std::nullopt) << t;
  }
  Reporting quarterly(kMonths);
  for (int32_t t = 502; t < 540; t += 3) {
    tell(quarterly, t, {report(t, 0, 100), report(t - 1, 1, 90), report(t - 2, 2, 90)});
    EXPECT_EQ(quarterly.load(), std::nullopt) << t;
  }
}

// Another replica may have different cuts of earlier ticks. The sum of the facts is the same,
// whether they were early or late.
TEST(ReportingTest, EarlierTicksDoNotMatter) {
  Reporting straight(kMonths);
  tell_steadily(straight, 500, 540);
  Reporting other(kMonths);
  std::vector<indicators::Report> held;
  for (int32_t t = 500; t <= 540; ++t) {
    held.push_back(report(t, 0, 70));
    held.push_back(report(t - 1, 1, 20));
    held.push_back(report(t - 2, 2, 10));
    if (t % 7 == 0) held.push_back(report(t + 1, 0, 5));  // reported before its tick
    if (t % 7 == 1) held.push_back(report(t, 0, -5));     // and withdrawn
    if (t % 3 == 0 || t == 540) tell(other, t, std::exchange(held, {}));
  }
  EXPECT_EQ(other.shares().at(kBirths, 0), straight.shares().at(kBirths, 0));
  EXPECT_EQ(other.shares().at(kBirths, 1), straight.shares().at(kBirths, 1));
}

TEST(ReportingTest, LateReportsOutsideTheWindowDoNotCount) {
  detection::DelayOptions const options = detection::DelayOptions::for_calendar(kMonths);
  Reporting reporting(kMonths);
  tell_steadily(reporting, 500, 530);
  int32_t t = 531;
  for (; t <= 531 + options.window + 2; ++t) tell(reporting, t, {report(t, 0, 100)});
  EXPECT_EQ(reporting.shares().at(kBirths, 0), 1);
  // After a pause of the ticks, no earlier data is left.
  tell_steadily(reporting, t, t + 20);
  EXPECT_LT(reporting.shares().at(kBirths, 0), 0.8);
  tell(reporting, t + 220, {report(t + 220, 0, 100)});
  EXPECT_EQ(reporting.shares().at(kBirths, 0), 1);
}

TEST(ReportingTest, PeriodsAreTestedOnceLateReportsHaveArrived) {
  Reporting reporting(kMonths);
  for (int32_t t = 500; t < 540; ++t)
    tell(reporting, t, {report(t - 2, 2, 50), report(t - 3, 3, 50)});
  EXPECT_EQ(reporting.shares().testable_age(kBirths), 3);
  EXPECT_NEAR(reporting.shares().at(kBirths, 2), 0.5, 1e-12);
}

// A third of the births is reported a month late. The births do not fall, so only random false
// alarms are raised.
TEST(EvaluatorReportingTest, LateReportsAreNotADownturn) {
  Town town(7);
  town.late_share = 1.0 / 3;
  town.fall_from = kBegin.value + 100;
  Region region;
  int raised = 0;
  int32_t t = kBegin.value;
  for (; t < town.fall_from; ++t) {
    for (const alerts::AlertUpdate& u : region.tick(t, town.month(t)).updates) {
      raised += u.key.rule == "R1" && u.transition == alerts::TransitionKind::kRaised;
    }
  }
  EXPECT_LE(raised, 5);  // 98 nodes, 64 months
  for (; t < town.fall_from + 4; ++t) region.tick(t, town.month(t));
  const alerts::Alert* const alert = open_alert(region.book, "R1", "R", "10");
  ASSERT_NE(alert, nullptr);
  const alerts::Evidence& e = alert->state.evidence;
  EXPECT_NEAR(e.reported, 2.0 / 3, 0.02);
  EXPECT_NEAR(e.nowcast, e.observed / e.reported, 1e-3);
  EXPECT_LE(e.nowcast_lower, e.nowcast);
  EXPECT_GE(e.nowcast_upper, e.nowcast);
  EXPECT_NEAR(e.ratio, 0.5, 0.15);
  View const view = region.view();
  std::vector<PathPoint> const path = trace(view, *alert, 60);
  ASSERT_FALSE(path.empty());
  EXPECT_NEAR(path.back().reported, e.reported, 1e-6);
  EXPECT_NEAR(path.back().expected, e.expected, 1e-6);
  EXPECT_NEAR(path.back().cusum, e.cusum, 1e-6);
  EXPECT_EQ(path[path.size() - 4].reported, 1);
}

// Reports that are always two months late are tested two months late.
TEST(EvaluatorReportingTest, TheLatestTestablePeriodIsTested) {
  Town town(8);
  town.late_share = 0.7;
  town.fall_from = kBegin.value + 90;
  Region region;
  for (int32_t t = kBegin.value; t < town.fall_from + 5; ++t) region.tick(t, town.month(t));
  const alerts::Alert* const alert = open_alert(region.book, "R1", "R", "10");
  ASSERT_NE(alert, nullptr);
  EXPECT_EQ(alert->state.evidence.period.value, town.fall_from + 3);
  EXPECT_EQ(alert->state.evidence.reported, 1);
  std::vector<PathPoint> const path = trace(region.view(), *alert, 60);
  ASSERT_FALSE(path.empty());
  EXPECT_EQ(path.back().not_assessed, kReportedLate);
}

}  // namespace
}  // namespace bellwether::engine
