#include "core/detection/farrington.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "core/base/csv.h"
#include "core/base/text.h"
#include "core/stats/counts.h"
#include "support/data.h"
#include "support/must.h"
#include "support/random.h"

namespace bellwether::detection {
namespace {

using base::PeriodIndex;
using testing::data_file;
using testing::Random;

// R's surveillance 1.20.3, farringtonFlexible: the variants and series of tests/data/farrington.
struct RVariant {
  const char* name;  // of the file
  int seasonal_blocks;
  int exclude_recent;
  TrendUse trend;
  DownWeight down_weight;
  double residual_threshold;
};
constexpr RVariant kVariants[] = {
    // Farrington et al. (1996) as in the package: only the windows, and a tested trend.
    {"orig_native", 1, 3, TrendUse::kSignificant, DownWeight::kUpperTail, 1},
    {"flex_native", 10, 26, TrendUse::kAlways, DownWeight::kUpperTail, 2.58},
    // Production uses the same with both tails down-weighted.
    {"flex_sym", 10, 26, TrendUse::kAlways, DownWeight::kBothTails, 2.58},
};
struct Counts {
  const char* name;
  int years;
  bool dated;  // undated series count 52 weeks a year
  int first;   // period of t = 1
};
// Campylobacteriosis begins in the week of Monday 2001-12-31.
const int kWeekOf20011231 =
    base::Calendar(base::CalendarUnit::kWeek).period_of(base::days_from_civil(2001, 12, 31)).value;
const Counts kCounts[] = {
    {"agona", 4, false, 1}, {"shadar", 4, false, 1}, {"campy", 5, true, kWeekOf20011231}};

class AgainstR : public ::testing::TestWithParam<std::tuple<RVariant, Counts>> {};

TEST_P(AgainstR, BaselinesVariancesBoundsAndTailsAgree) {
  const auto& [v, c] = GetParam();
  std::vector<int32_t> counts;
  for (const base::CsvRow& row : testing::must(base::parse_csv(
           data_file(base::cat("farrington/", c.name, "_input.csv")), c.name, {"t", "observed"}))) {
    counts.push_back(std::stoi(row[1]));
  }
  CountSeries const series{base::Calendar(base::CalendarUnit::kWeek), PeriodIndex(c.first), counts};
  FarringtonOptions options;
  options.years = c.years;
  options.dated = c.dated;
  options.year_periods = 52;
  options.seasonal_blocks = v.seasonal_blocks;
  options.exclude_recent = v.exclude_recent;
  options.trend = v.trend;
  options.down_weight = v.down_weight;
  options.residual_threshold = v.residual_threshold;
  options.compatibility = Compatibility::kRSurveillance;
  Workspace workspace;
  std::string const file = base::cat("farrington/", c.name, "_", v.name, ".csv");
  auto const rows = testing::must(base::parse_csv(
      data_file(file), file,
      {"t", "n_base", "trend", "eta", "seEta", "phi", "up_nb", "lo_nb", "p_up_nb", "p_lo_nb"}));
  ASSERT_GT(rows.size(), 70u);
  for (const base::CsvRow& row : rows) {
    int const t = std::stoi(row[0]);
    SCOPED_TRACE(t);
    Baseline const b = fit(series, PeriodIndex(c.first + t - 1), {}, options, workspace);
    ASSERT_EQ(b.why, NotAssessed::kNone);
    EXPECT_EQ(b.points, std::stoi(row[1]));
    EXPECT_EQ(b.trend_used, row[2] == "TRUE");
    EXPECT_NEAR(b.log_expected, std::stod(row[3]), 1e-8);
    EXPECT_NEAR(std::sqrt(b.variance_of_eta), std::stod(row[4]), 1e-7 * std::stod(row[4]));
    EXPECT_NEAR(b.dispersion, std::stod(row[5]), 1e-7 * std::stod(row[5]));
    stats::CountDistribution const d{b.expected, b.dispersion};
    EXPECT_EQ(stats::quantile(d, 0.99), std::stol(row[6]));
    EXPECT_EQ(stats::quantile(d, 0.01), std::stol(row[7]));
    stats::Tails const tail = stats::tails(d, counts[static_cast<size_t>(t - 1)]);
    EXPECT_NEAR(tail.above + tail.at, std::stod(row[8]), 1e-8);
    EXPECT_NEAR(tail.below + tail.at, std::stod(row[9]), 1e-8);
  }
}

INSTANTIATE_TEST_SUITE_P(Surveillance, AgainstR,
                         ::testing::Combine(::testing::ValuesIn(kVariants),
                                            ::testing::ValuesIn(kCounts)),
                         [](const auto& p) {
                           return base::cat(std::get<1>(p.param).name, "_",
                                            std::get<0>(p.param).name);
                         });

// A series of `n` periods with counts `count(t)`.
template <class F>
std::vector<int32_t> series_of(int n, F count) {
  std::vector<int32_t> out;
  for (int t = 0; t < n; ++t) out.push_back(static_cast<int32_t>(count(t)));
  return out;
}

class MonthlyTest : public ::testing::Test {
 protected:
  Baseline fit_at(const std::vector<int32_t>& counts, int t,
                  std::span<const PeriodRange> excluded = {}) {
    CountSeries const series{base::Calendar(base::CalendarUnit::kMonth), PeriodIndex(0), counts};
    return fit(series, PeriodIndex(t), excluded,
               FarringtonOptions::for_calendar(base::Calendar(base::CalendarUnit::kMonth)),
               workspace_);
  }
  Workspace workspace_;
};

TEST_F(MonthlyTest, AConstantSeriesExpectsItself) {
  Baseline const b = fit_at(series_of(80, [](int) { return 50; }), 79);
  EXPECT_NEAR(b.expected, 50, 1e-9);
  EXPECT_EQ(b.dispersion, 1);
  EXPECT_EQ(b.downweighted, 0);
}

TEST_F(MonthlyTest, TheSeasonIsThatOfTheMonth) {
  auto const counts = series_of(96, [](int t) { return t % 12 == 3 ? 200 : 50; });
  EXPECT_NEAR(fit_at(counts, 87).expected, 200, 1);  // 87 mod 12 = 3
  EXPECT_NEAR(fit_at(counts, 88).expected, 50, 1);
}

TEST_F(MonthlyTest, OneOutlierHardlyMovesTheBaseline) {
  auto counts = series_of(80, [](int t) { return 100 + (t * 7) % 11; });
  double const before = fit_at(counts, 79).expected;
  counts[79 - 24] = 1000;
  Baseline const b = fit_at(counts, 79);
  EXPECT_GE(b.downweighted, 1);
  EXPECT_NEAR(b.expected, before, 0.12 * before);
}

TEST_F(MonthlyTest, ExcludedPeriodsLeaveTheBaseline) {
  auto counts = series_of(80, [](int) { return 100; });
  for (int t = 40; t < 60; ++t) counts[static_cast<size_t>(t)] = 5;
  std::vector<PeriodRange> const crash = {{PeriodIndex(40), PeriodIndex(59)}};
  EXPECT_NEAR(fit_at(counts, 79, crash).expected, 100, 1e-6);
}

// Unusual inputs: each has a defined result, never NaN.
TEST_F(MonthlyTest, AwkwardSeriesHaveDefinedAnswers) {
  EXPECT_EQ(fit_at({}, 79).why, NotAssessed::kNothingExpected);
  EXPECT_EQ(fit_at(series_of(80, [](int) { return 0; }), 79).why, NotAssessed::kNothingExpected);
  EXPECT_EQ(fit_at(series_of(30, [](int) { return 9; }), 29).why, NotAssessed::kShortHistory);
  std::vector<PeriodRange> const all = {{PeriodIndex(0), PeriodIndex(79)}};
  EXPECT_EQ(fit_at(series_of(80, [](int) { return 9; }), 79, all).why, NotAssessed::kEmptySeason);
  for (const auto& counts :
       {series_of(80, [](int t) { return t == 55 ? 1 : 0; }),  // a single event, in season
        series_of(80,
                  [](int t) { return t % 12 == 7 ? 1'000'000'000 : 0; }),  // huge, the rest empty
        series_of(80, [](int t) { return t < 60 ? 0 : 12; }),              // sixty zeros, then
                                                                           // events
        series_of(80, [](int t) { return t; }),                            // a trend
        series_of(80, [](int t) { return 1 << std::min(t / 3, 28); }),     // exponential growth
        series_of(80, [](int t) { return -5 + t % 12; })}) {               // negative (revisions)
    Baseline const b = fit_at(counts, 79);
    if (b.why != NotAssessed::kNone) continue;
    EXPECT_TRUE(std::isfinite(b.expected) && b.expected > 0);
    EXPECT_TRUE(std::isfinite(b.dispersion) && b.dispersion >= 1);
    for (int64_t y : {int64_t{0}, int64_t{3}, int64_t{1'000'000'000}}) {
      Score const s = score(b, y, Harm::kLow);
      EXPECT_TRUE(std::isfinite(s.z) && s.p_low >= 0 && s.p_low <= 1);
      EXPECT_NEAR(s.p_low + s.p_high, 1, 1e-5);
    }
  }
}

// Growth that goes on is expected to go on, damped: never far beyond what was seen.
TEST_F(MonthlyTest, F3ATrendBeyondTheLargestCountIsBelievedAndDamped) {
  auto const grown = [](double a_month) {
    return [a_month](int t) { return static_cast<int>(1000 * std::exp(a_month * t)); };
  };
  for (double a_month : {0.004, 0.008, 0.012}) {
    auto const counts = series_of(80, grown(a_month));
    Baseline const b = fit_at(counts, 79);
    double const next = grown(a_month)(79);
    EXPECT_TRUE(b.trend_used);
    EXPECT_NEAR(b.expected / next, 1, 0.01) << a_month;
  }
  // A trend that no count supports for long.
  Baseline const steep = fit_at(series_of(80, [](int t) { return 10 + t * t / 10; }), 79);
  EXPECT_LT(steep.expected, 1.3 * (10 + 79 * 79 / 10));
}

// A regime break keeps two years out of the baseline. Growth need not have gone on through them.
TEST_F(MonthlyTest, F3ATrendIsNotCarriedOnThroughARegimeBreak) {
  auto const counts = series_of(
      90, [](int t) { return static_cast<int>(1000 * std::exp(0.01 * std::min(t, 60))); });
  std::vector<PeriodRange> const regime_break = {{PeriodIndex(61), PeriodIndex(84)}};
  Baseline const b = fit_at(counts, 89, regime_break);
  double const last = 1000 * std::exp(0.01 * 60);
  EXPECT_EQ(b.newest, PeriodIndex(60));
  EXPECT_GT(b.expected, last * 1.02);
  EXPECT_LT(b.expected, last * 1.07);  // carried on for 29 months: 1.2
}

// A register that begins with its stock: nothing, all of it in one month, then ordinary months.
TEST_F(MonthlyTest, F3ASeriesThatHasJustBegunDoesNotGrowWithoutEnd) {
  auto const counts = series_of(60, [](int t) {
    return t < 33 ? 0 : t == 33 ? 200'000 : 2000 + 37 * (t * 7 % 11 - 5);
  });
  Baseline const b = fit_at(counts, 59);
  if (b.why == NotAssessed::kNone) {
    EXPECT_LT(b.expected, 1.3 * 2200);
  }
}

// One count cannot switch the trend on or off: the expectation changes as little as the count does.
TEST_F(MonthlyTest, F3TheTrendIsUsedWithoutJumps) {
  double before = 0;
  for (int slope = 0; slope <= 60; ++slope) {
    Baseline const b = fit_at(
        series_of(80, [&](int t) { return 1000 + slope * t / 10 + 37 * (t * 7 % 11 - 5); }), 79);
    if (slope > 0) {
      EXPECT_LT(std::abs(b.expected - before), 30) << slope;
    }
    before = b.expected;
  }
}

// With Poisson counts the two mid-p tails are uniform: each is below 0.05 in about one of twenty
// periods. Seeds are fixed, so the test is deterministic.
TEST_F(MonthlyTest, TailsAreSmallAsOftenAsStated) {
  Random random(20260101);
  int low = 0;
  int high = 0;
  constexpr int kSeries = 400;
  for (int s = 0; s < kSeries; ++s) {
    double const mean = 20 + 80 * random.uniform();
    auto const counts = series_of(80, [&](int) {
      // A Poisson number: the number of exponential steps with a sum below 1.
      int n = -1;
      double sum = 0;
      while (sum < mean) {
        sum -= std::log(1 - random.uniform());
        ++n;
      }
      return n;
    });
    Score const score_now = score(fit_at(counts, 79), counts[79], Harm::kLow);
    low += score_now.p_low < 0.05;
    high += score_now.p_high < 0.05;
  }
  // 400 × 0.05 = 20, standard deviation 4.4.
  EXPECT_NEAR(low, 20, 14);
  EXPECT_NEAR(high, 20, 14);
}

TEST_F(MonthlyTest, HarmTurnsTheSignOfTheScore) {
  Baseline const b = fit_at(series_of(80, [](int) { return 100; }), 79);
  EXPECT_GT(score(b, 60, Harm::kLow).z, 3);
  EXPECT_DOUBLE_EQ(score(b, 60, Harm::kLow).z, -score(b, 60, Harm::kHigh).z);
  EXPECT_DOUBLE_EQ(score(b, 0, Harm::kLow).z, kZMax);
}

TEST_F(MonthlyTest, TheIntervalHoldsTheExpectedAndItsShare) {
  Baseline const b = fit_at(series_of(80, [](int) { return 100; }), 79);
  Interval const i = predictive_interval(b, 0.95);
  EXPECT_LT(i.lower, 100);
  EXPECT_GT(i.upper, 100);
  Interval const wide = predictive_interval(b, 0.99);
  EXPECT_LE(wide.lower, i.lower);
  EXPECT_GE(wide.upper, i.upper);
}

}  // namespace
}  // namespace bellwether::detection
