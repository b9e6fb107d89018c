#include "analysis/backtest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "analysis/backtest_report.h"
#include "support/calendars.h"
#include "support/must.h"
#include "support/random.h"

namespace bellwether::analysis {
namespace {

using ::testing::HasSubstr;

using testing::kMonths;
base::PeriodIndex month(const char* name) {
  return testing::must(kMonths.parse(name));
}

// Counts around 100 from 1990 to 2009, multiplied by `share` of the month.
BacktestMeasure measure(detection::Harm harm, const std::function<double(base::PeriodIndex)>& share,
                        int series = 20) {
  BacktestMeasure m;
  m.name = harm == detection::Harm::kLow ? "births" : "deaths";
  m.harm = harm;
  testing::Random random(7);
  for (int s = 0; s < series; ++s) {
    BacktestMeasure::Series& out = m.series["s" + std::to_string(s)];
    out.first = month("1990-01");
    for (int t = 0; t < 240; ++t) {
      base::PeriodIndex const p(out.first.value + t);
      out.counts.push_back(static_cast<int32_t>(share(p) * (90 + random.below(21))));
    }
  }
  return m;
}
bool in(base::PeriodIndex p, const char* first, const char* last) {
  return month(first) <= p && p <= month(last);
}
double two_falls(base::PeriodIndex p) {
  return in(p, "1998-01", "1998-12") || in(p, "2006-01", "2006-12") ? 0.5 : 1;
}

const std::vector<Downturn> kTwo = {{"one", month("1998-01").value, month("1998-12").value},
                                    {"two", month("2006-01").value, month("2006-12").value}};
BacktestOptions options() {
  BacktestOptions o = BacktestOptions::for_calendar(kMonths);
  o.tune_until = month("2002-01");
  return o;
}
const DetectorResult& result(const BacktestResult& r, DetectorKind kind) {
  for (const DetectorResult& d : r.detectors) {
    if (d.kind == kind) return d;
  }
  ADD_FAILURE() << "no such detector";
  return r.detectors.front();
}

TEST(BacktestTest, ADeepFallIsFoundInItsFirstMonthsInEverySeries) {
  BacktestResult const r = backtest({measure(detection::Harm::kLow, two_falls)}, kTwo, options());
  for (DetectorKind kind : {DetectorKind::kPeriod, DetectorKind::kCusum}) {
    const DetectorResult& d = result(r, kind);
    EXPECT_EQ(d.tested.downturns, 20);
    // Not all 20: an alarm that is already on by chance finds nothing.
    EXPECT_GE(d.tested.found[2], 18) << kDetectorNames[static_cast<size_t>(kind)];
    ASSERT_TRUE(d.tested.median_delay);
    EXPECT_LE(*d.tested.median_delay, 3);
    EXPECT_LE(d.tuned.false_alarms_a_year, options().false_alarms_a_year);
  }
}

TEST(BacktestTest, S3_ClosedWeeksAreNoFalseAlarms) {
  base::Calendar const weeks(base::CalendarUnit::kWeek);
  base::SpecialDays days;
  for (int year = 2000; year <= 2016; ++year)
    for (int d = 24; d <= 32; ++d) days.closures.push_back(base::days_from_civil(year, 12, d));
  BacktestOptions o = BacktestOptions::for_calendar(weeks);
  o.tune_until = testing::must(weeks.parse("2010-W01"));
  base::BusinessCalendar const closures =
      testing::must(base::BusinessCalendar::make(std::move(days)));
  BacktestMeasure m;
  m.name = "births";
  testing::Random random(3);
  for (int s = 0; s < 5; ++s) {
    BacktestMeasure::Series& out = m.series["s" + std::to_string(s)];
    out.first = testing::must(weeks.parse("2001-W01"));
    for (int t = 0; t < 15 * 52; ++t) {
      bool const rests = closures.closed(weeks, base::PeriodIndex(out.first.value + t));
      out.counts.push_back(static_cast<int32_t>((95 + random.below(11)) / (rests ? 10 : 1)));
    }
  }
  // Found at the fixed thresholds of the stated rates: an alarm at each year end or none.
  auto const alarms = [&](bool known) {
    o.business_calendar = known ? closures : base::BusinessCalendar();
    int64_t most = 0;
    for (const StatedRates& r : backtest({m}, {}, o).rates) {
      if (r.kind == DetectorKind::kPeriod) most = r.alarms.back();
    }
    return most;
  };
  EXPECT_EQ(alarms(true), 0);
  EXPECT_GT(alarms(false), 0) << "this test needs year ends that alarm";
}

TEST(BacktestTest, AFallOutsideTheGivenDownturnsIsAFalseAlarm) {
  std::vector<Downturn> const one = {kTwo[0]};
  BacktestResult const r = backtest({measure(detection::Harm::kLow, two_falls)}, one, options());
  const DetectorResult& d = result(r, DetectorKind::kCusum);
  EXPECT_EQ(d.tested.downturns, 0);
  EXPECT_GE(d.tested.false_alarms, 20);
  EXPECT_FALSE(d.tested.median_delay);
}

TEST(BacktestTest, ARiseIsNotHarmfulIfLowCountsAre) {
  auto const rise = [](base::PeriodIndex p) { return in(p, "2006-01", "2006-12") ? 1.5 : 1; };
  BacktestResult const low = backtest({measure(detection::Harm::kLow, rise)}, kTwo, options());
  EXPECT_LE(result(low, DetectorKind::kCusum).tested.found[3], 3) << "by chance alone";
  BacktestResult const high = backtest({measure(detection::Harm::kHigh, rise)}, kTwo, options());
  EXPECT_GE(result(high, DetectorKind::kCusum).tested.found[3], 18);
}

TEST(BacktestTest, ChanceIsTheShareThatRandomAlarmsFind) {
  BacktestResult const r = backtest({measure(detection::Harm::kLow, two_falls)}, kTwo, options());
  const Performance& p = result(r, DetectorKind::kPeriod).tested;
  double const years = reported_delays(kMonths)[3] / 12.0;
  EXPECT_NEAR(p.chance[3], 1 - std::exp(-p.false_alarms_a_year * years), 1e-12);
  EXPECT_NEAR(p.false_alarms_a_year, p.false_alarms / p.series_years, 1e-12);
}

// Later counts do not change the results for the time before: thresholds and tuning figures stay
// the same.
TEST(BacktestTest, LaterCountsDoNotChangeTheTuningPart) {
  BacktestMeasure m = measure(detection::Harm::kLow, two_falls);
  BacktestResult const before = backtest({m}, kTwo, options());
  for (auto& [name, s] : m.series) {
    for (size_t t = 144; t < s.counts.size(); ++t) s.counts[t] = 3;  // from 2002 on
  }
  BacktestResult const after = backtest({m}, kTwo, options());
  for (size_t i = 0; i < before.detectors.size(); ++i) {
    EXPECT_EQ(before.detectors[i].threshold, after.detectors[i].threshold);
    EXPECT_EQ(before.detectors[i].tuned.false_alarms, after.detectors[i].tuned.false_alarms);
    EXPECT_EQ(before.detectors[i].tuned.found, after.detectors[i].tuned.found);
  }
}

TEST(BacktestTest, AGapIsNotJudged) {
  BacktestMeasure m = measure(detection::Harm::kLow, [](base::PeriodIndex) { return 1.0; });
  BacktestMeasure gapped = m;
  for (auto& [name, s] : gapped.series) {
    s.counts[200] = 0;
    s.gaps = {{base::PeriodIndex(s.first.value + 200), base::PeriodIndex(s.first.value + 200)}};
  }
  // Judged, the zeros would be a false alarm in each of the 20 series.
  EXPECT_NEAR(
      result(backtest({gapped}, kTwo, options()), DetectorKind::kPeriod).tested.false_alarms,
      result(backtest({m}, kTwo, options()), DetectorKind::kPeriod).tested.false_alarms, 4);
}

TEST(BacktestTest, TwoMeasuresAreAlsoJudgedTogether) {
  auto const mirrored = [](base::PeriodIndex p) { return two_falls(p) < 1 ? 1.5 : 1.0; };
  BacktestResult const r = backtest(
      {measure(detection::Harm::kLow, two_falls), measure(detection::Harm::kHigh, mirrored)}, kTwo,
      options());
  EXPECT_GE(result(r, DetectorKind::kComposite).tested.found[2], 18);
  std::string const text = backtest_report(r, options(), kTwo, "bellwether backtest …");
  EXPECT_THAT(text, HasSubstr("| composite | all | test |"));
  EXPECT_THAT(text, HasSubstr("one 1998-01 to 1998-12"));
  EXPECT_EQ(calibration_figure(r).panels.size(), 2u);
  PlotFigure const rates = rates_figure(r);
  ASSERT_EQ(rates.panels.size(), 3u) << "the measures, and both together";
  EXPECT_EQ(rates.panels.front().lines.size(), 1u + 3u) << "the diagonal; period, cusum, ears";
  EXPECT_EQ(rates.panels.back().title, "all measures");
  EXPECT_THAT(text, HasSubstr("![stated and realised rates by detector](rates.svg)"));
}

// If nothing happens, single periods alarm about as often as stated. A CUSUM
// alarms somewhat more often, because its run lengths are those of known baselines (statistics:
// "Change point").
TEST(BacktestTest, OrdinaryPeriodsAlarmAboutAsOftenAsStated) {
  auto const nothing = [](base::PeriodIndex) { return 1.0; };
  BacktestResult const r = backtest({measure(detection::Harm::kLow, nothing, 60)}, kTwo, options());
  auto const realised = [&](DetectorKind kind, double stated) {
    for (const StatedRates& s : r.rates) {
      if (s.kind != kind) continue;
      for (size_t k = 0; k < s.alarms.size(); ++k) {
        if (Calibration::kNominal[k] == stated)
          return static_cast<double>(s.alarms[k]) / static_cast<double>(s.periods);
      }
    }
    ADD_FAILURE() << "no such rate";
    return 0.0;
  };
  // These counts scatter less than Poisson counts, so they never alarm more often than stated.
  EXPECT_LE(realised(DetectorKind::kPeriod, 0.1), 0.1);
  EXPECT_LE(realised(DetectorKind::kCusum, 0.1), 0.1);
  EXPECT_GT(realised(DetectorKind::kEars, 0.1), 0.05);
}

// The rule states a rate and tunes nothing.
TEST(BacktestTest, TheRuleFindsAFallInEverySeriesAtItsStatedRate) {
  BacktestResult const r = backtest({measure(detection::Harm::kLow, two_falls)}, kTwo, options());
  const DetectorResult& d = result(r, DetectorKind::kRule);
  EXPECT_GE(d.tested.found[2], 18);
  EXPECT_LE(d.tuned.false_alarms_a_year, 0.1);
  EXPECT_LE(d.tested.false_alarms_a_year, 0.1);
  EXPECT_EQ(d.tested.ceiling, d.tested.downturns) << "every series falls itself";
  EXPECT_GE(d.tested_evident.found[2], 18);
}

TEST(BacktestTest, ATotalIsTheParentAndIsNotCounted) {
  BacktestMeasure m = measure(detection::Harm::kLow, two_falls);
  BacktestOptions o = options();
  Performance const alone = result(backtest({m}, kTwo, o), DetectorKind::kRule).tested;
  BacktestMeasure::Series const one = m.series.begin()->second;
  BacktestMeasure::Series& all = m.series["all"] = one;
  std::fill(all.counts.begin(), all.counts.end(), 0);
  for (const auto& [name, s] : m.series) {
    if (name == "all") continue;
    for (size_t t = 0; t < s.counts.size(); ++t) all.counts[t] += s.counts[t];
  }
  o.total = "all";
  Performance const with = result(backtest({m}, kTwo, o), DetectorKind::kRule).tested;
  EXPECT_EQ(with.downturns, alone.downturns);
  EXPECT_EQ(with.series_years, alone.series_years);
  EXPECT_GE(with.found[2], alone.found[2]);
}

TEST(BacktestTest, TheRangeOfChanceIsThatOfABinomialCount) {
  // R: qbinom(c(.025, .975), 1000, .01) and 20, .5.
  EXPECT_EQ(chance_range(1000, 0.01).low, 4);
  EXPECT_EQ(chance_range(1000, 0.01).high, 17);
  EXPECT_EQ(chance_range(20, 0.5).low, 6);
  EXPECT_EQ(chance_range(20, 0.5).high, 14);
  EXPECT_EQ(chance_range(0, 0.01).high, 0);
}

}  // namespace
}  // namespace bellwether::analysis
