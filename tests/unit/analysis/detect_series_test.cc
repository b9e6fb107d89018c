#include "analysis/detect_series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "analysis/detect_options.h"
#include "core/base/text.h"
#include "core/detection/detector.h"
#include "support/must.h"
#include "support/random.h"

namespace bellwether::analysis {
namespace {

using base::PeriodIndex;
using ::testing::StartsWith;

constexpr int kPeriods = 120;  // months
constexpr DetectMethod kMethods[] = {DetectMethod::kFarrington, DetectMethod::kCusum,
                                     DetectMethod::kEars, DetectMethod::kPoissonCusum};

DetectOptions months() {
  DetectFlags flags;
  flags.method = "farrington";
  return testing::must(detect_options(flags)).series;
}

// A series of `n` periods with value(t) in period t. A negative value means no value.
template <class F>
Series series_of(int n, F value) {
  Series s{"s", {}};
  for (int t = 0; t < n; ++t) {
    double const v = value(t);
    s.points.push_back(
        {PeriodIndex(t), v < 0 ? std::nullopt : std::optional(v), v < 0 ? "no value" : ""});
  }
  return s;
}

void expect_finite(const std::vector<DetectRow>& rows) {
  for (const DetectRow& r : rows) {
    SCOPED_TRACE(r.period.value);
    for (const auto& x : {r.observed, r.expected, r.dispersion, r.lower, r.upper, r.p_low, r.p_high,
                          r.score, r.cusum}) {
      EXPECT_TRUE(std::isfinite(x.value_or(0)));
    }
    EXPECT_EQ(r.state == DetectState::kNotAssessed, !r.expected);
    EXPECT_EQ(r.state == DetectState::kNotAssessed, !r.why.empty());
    EXPECT_TRUE(r.p_low.value_or(0) >= 0 && r.p_low.value_or(0) <= 1);
  }
}

base::BusinessCalendar year_ends(int first, int last) {
  base::SpecialDays days;
  for (int year = first; year <= last; ++year)
    for (int d = 24; d <= 32; ++d) days.closures.push_back(base::days_from_civil(year, 12, d));
  return testing::must(base::BusinessCalendar::make(std::move(days)));
}

// Weeks from 2008 to 2019. In the closed weeks of the year end hardly anything happens.
TEST(DetectSeriesTest, S3_AYearEndIsNoAlarmIfItsClosuresAreKnown) {
  base::Calendar const weeks(base::CalendarUnit::kWeek);
  base::BusinessCalendar const calendar = year_ends(2007, 2020);
  int32_t const begin = testing::must(weeks.parse("2008-W02")).value;
  testing::Random random(5);
  Series series{"s", {}};
  for (int t = 0; t < 620; ++t) {
    PeriodIndex const p(begin + t);
    int const usual = 200 + random.between(-15, 15);
    series.points.push_back({p, calendar.closed(weeks, p) ? usual / 10.0 : usual, ""});
    series.points.back().value = std::floor(*series.points.back().value);
  }
  for (DetectMethod const method : kMethods) {
    SCOPED_TRACE(static_cast<int>(method));
    DetectFlags flags;
    flags.calendar = "week";
    DetectOptions options = testing::must(detect_options(flags)).series;
    options.method = method;
    options.alpha = 1e-4;
    options.ears.alpha = 1e-6;
    options.business_calendar = calendar;
    int closed = 0;
    for (const DetectRow& row : detect_series(series, options)) {
      bool const rests = calendar.closed(weeks, row.period);
      closed += rests;
      EXPECT_EQ(row.why == "closed: holidays", rests) << weeks.name(row.period) << row.why;
      EXPECT_NE(row.state, DetectState::kAmber) << weeks.name(row.period);
      EXPECT_NE(row.state, DetectState::kRed) << weeks.name(row.period);
    }
    EXPECT_GE(closed, 20);
  }
  DetectFlags flags;
  flags.calendar = "week";
  DetectOptions unknown = testing::must(detect_options(flags)).series;
  int alarms = 0;
  for (const DetectRow& row : detect_series(series, unknown))
    alarms += row.state == DetectState::kAmber || row.state == DetectState::kRed;
  EXPECT_GT(alarms, 0) << "this test needs year ends that alarm";
}

TEST(DetectSeriesTest, AFallAtTheLastPointIsAmber) {
  auto const rows = detect_series(
      series_of(kPeriods, [](int t) { return t == kPeriods - 1 ? 10 : 50; }), months());
  EXPECT_EQ(rows[0].state, DetectState::kNotAssessed);
  EXPECT_EQ(rows[0].why, "too little history");
  EXPECT_EQ(rows[kPeriods - 2].state, DetectState::kNormal);
  const DetectRow& last = rows.back();
  EXPECT_EQ(last.state, DetectState::kAmber);
  EXPECT_NEAR(*last.expected, 50, 1e-6);
  EXPECT_LT(*last.p_low, 1e-6);
  EXPECT_LT(*last.score, -5);
  EXPECT_LT(10, *last.lower);
  EXPECT_DOUBLE_EQ(*last.cusum, 2.5);
  EXPECT_EQ(last.onset, PeriodIndex(kPeriods - 1));
}

TEST(DetectSeriesTest, HarmSetsTheSignOfTheScoreAndStopsAlarmsOfTheOtherSide) {
  Series const fall = series_of(kPeriods, [](int t) { return t >= kPeriods - 4 ? 20 : 50; });
  DetectOptions o = months();
  EXPECT_EQ(detect_series(fall, o).back().state, DetectState::kRed);
  o.harm = HarmSides::kLow;
  auto const low = detect_series(fall, o);
  EXPECT_EQ(low.back().state, DetectState::kRed);
  EXPECT_GT(*low.back().score, 3);
  EXPECT_EQ(low.back().onset, PeriodIndex(kPeriods - 4));
  EXPECT_EQ(low[kPeriods - 4].state, DetectState::kAmber);
  o.harm = HarmSides::kHigh;
  auto const high = detect_series(fall, o);
  EXPECT_EQ(high.back().state, DetectState::kNormal);
  EXPECT_EQ(*high.back().cusum, 0);
  EXPECT_FALSE(high.back().onset);
}

TEST(DetectSeriesTest, AGapLeavesBaselinesAndTheChangePoint) {
  // Gaps in the same month of two earlier years; without gap handling they would count as zeros.
  auto const value = [](int t) {
    return t == kPeriods - 13 || t == kPeriods - 25 || t == kPeriods - 3 ? -1 : 50 + t % 3;
  };
  auto const rows = detect_series(series_of(kPeriods, value), months());
  EXPECT_EQ(rows[kPeriods - 3].state, DetectState::kNotAssessed);
  EXPECT_EQ(rows[kPeriods - 3].why, "no value");
  EXPECT_FALSE(rows[kPeriods - 3].cusum);
  EXPECT_EQ(rows.back().state, DetectState::kNormal);
  EXPECT_NEAR(*rows.back().expected, 51, 2);
  DetectOptions ears = months();
  ears.method = DetectMethod::kEars;
  auto const by_ears = detect_series(series_of(kPeriods, value), ears);
  EXPECT_EQ(by_ears[kPeriods - 3].why, "no value");
  EXPECT_NEAR(*by_ears.back().expected, 51, 1);
}

// Offline, every period has the score, the tails and the change point that the daemon gives it at
// its tick.
TEST(DetectSeriesTest, ResultsEqualTheDaemons) {
  for (auto [calendar, unit] :
       {std::pair{"week", base::CalendarUnit::kWeek}, {"month", base::CalendarUnit::kMonth}}) {
    DetectFlags flags;
    flags.calendar = calendar;
    flags.harm = "low";
    DetectOptions const offline = testing::must(detect_options(flags)).series;
    detection::DetectorOptions daemon;
    daemon.farrington = detection::FarringtonOptions::for_calendar(base::Calendar(unit));
    daemon.cold_start = detection::ColdStartOptions::for_calendar(base::Calendar(unit));
    testing::Random random(11);
    int const year = base::Calendar(unit).periods_per_year();
    double level = 300;
    double const step = unit == base::CalendarUnit::kWeek ? 0.1 : 0.2;
    Series const s = series_of(7 * year, [&](int t) {
      level *= 1 + step * (random.uniform() - 0.5);  // makes scores wider than in theory
      if (t == 6 * year) level /= 2;
      return std::floor(level * (0.9 + 0.2 * random.uniform()));
    });
    std::vector<int32_t> counts;
    for (const SeriesPoint& p : s.points) counts.push_back(static_cast<int32_t>(*p.value));
    auto const rows = detect_series(s, offline);
    detection::Workspace workspace;
    double widest = 1;
    for (size_t t = 0; t < rows.size(); t += 3) {
      SCOPED_TRACE(base::cat(calendar, " ", t));
      detection::CountSeries const known{base::Calendar(unit), PeriodIndex(0),
                                         std::span(counts).first(t + 1)};
      detection::Assessment const a =
          detection::assess(known, PeriodIndex(static_cast<int32_t>(t)), {}, detection::Harm::kLow,
                            daemon, workspace);
      ASSERT_EQ(rows[t].state == DetectState::kNotAssessed, a.why != detection::NotAssessed::kNone);
      if (a.why != detection::NotAssessed::kNone) continue;
      EXPECT_NEAR(*rows[t].score, a.z, 1e-12);
      EXPECT_NEAR(*rows[t].p_low, a.p, 1e-9);
      EXPECT_NEAR(*rows[t].cusum, a.cusum, 1e-9);
      if (a.cusum > 0) {
        EXPECT_EQ(rows[t].onset, a.onset);
      }
      widest = std::max(widest, a.scale);
    }
    EXPECT_GT(widest, 1.2) << "otherwise the scale is not tested";
  }
}

TEST(DetectSeriesTest, AYoungSeriesIsAmberAtMost) {
  auto const fall = [](int t) { return t >= 20 ? 5 : 50 + t % 3; };
  auto const rows = detect_series(series_of(24, fall), months());
  EXPECT_EQ(rows[7].why, "too little history");
  EXPECT_EQ(rows[19].state, DetectState::kNormal);
  EXPECT_EQ(rows[20].state, DetectState::kAmber);
  for (const DetectRow& r : rows) EXPECT_EQ(r.cusum.value_or(0), 0);
  DetectOptions without = months();
  without.cold_start.reset();
  for (const DetectRow& r : detect_series(series_of(24, fall), without))
    EXPECT_EQ(r.why, "too little history");
}

// Bounds and tails agree: both use the width of the series' past scores.
TEST(DetectSeriesTest, AnUnrulySeriesHasWiderBounds) {
  testing::Random random(3);
  double level = 100;
  Series const s = series_of(kPeriods, [&](int) {
    level *= 0.9 + 0.2 * random.uniform();
    return std::floor(level);
  });
  DetectOptions const own = months();
  DetectOptions plain = own;
  plain.own_scale = false;
  auto const wide = detect_series(s, own);
  auto const narrow = detect_series(s, plain);
  EXPECT_LT(*wide.back().lower, *narrow.back().lower);
  EXPECT_GT(*wide.back().upper, *narrow.back().upper);
  for (const DetectRow& r : wide) {
    if (!r.expected) continue;
    bool const below = *r.observed < *r.lower;
    EXPECT_TRUE(below ? *r.p_low < own.alpha : *r.p_low > own.alpha / 2) << *r.p_low;
  }
}

TEST(DetectSeriesTest, CusumAloneHasNoAmber) {
  DetectOptions o = months();
  o.method = DetectMethod::kCusum;
  auto const rows =
      detect_series(series_of(kPeriods, [](int t) { return t >= kPeriods - 3 ? 10 : 50; }), o);
  EXPECT_EQ(rows[kPeriods - 3].state, DetectState::kNormal);
  EXPECT_EQ(rows.back().state, DetectState::kRed);
  EXPECT_EQ(rows.back().onset, PeriodIndex(kPeriods - 3));
}

TEST(DetectSeriesTest, TheThresholdMayBeGivenOrComeFromARunLength) {
  Series const fall = series_of(kPeriods, [](int t) { return t >= kPeriods - 2 ? 10 : 50; });
  DetectOptions o = months();
  o.threshold_h = 5.0;  // two clipped scores minus the reference value: 2 × 2.5
  EXPECT_EQ(detect_series(fall, o).back().state, DetectState::kRed);
  o.threshold_h = 5.01;
  EXPECT_EQ(detect_series(fall, o).back().state, DetectState::kAmber);
  o.threshold_h.reset();
  o.in_control_run_length = 500;  // h = 4.389
  EXPECT_EQ(detect_series(fall, o).back().state, DetectState::kRed);
}

TEST(DetectSeriesTest, PoissonCusumAddsUpAgainstEachExpectation) {
  DetectOptions o = months();
  o.method = DetectMethod::kPoissonCusum;
  o.harm = HarmSides::kLow;
  o.threshold_h = 1000;
  auto const rows =
      detect_series(series_of(kPeriods, [](int t) { return t >= kPeriods - 2 ? 20 : 50; }), o);
  double const k = 50 * 0.2 / std::log(1.25);  // reference for 50 against 40
  EXPECT_NEAR(*rows.back().cusum, 2 * (k - 20), 1e-6);
  EXPECT_EQ(rows.back().onset, PeriodIndex(kPeriods - 2));
  EXPECT_EQ(rows.back().state, DetectState::kNormal);
  o.threshold_h.reset();
  EXPECT_EQ(detect_series(series_of(kPeriods, [](int t) { return t >= kPeriods - 2 ? 20 : 50; }), o)
                .back()
                .state,
            DetectState::kRed);
}

TEST(DetectSeriesTest, EarsFindsRises) {
  DetectOptions o = months();
  o.method = DetectMethod::kEars;
  auto const rows =
      detect_series(series_of(20, [](int t) { return t == 19 ? 40 : 10 + t % 3; }), o);
  EXPECT_EQ(rows[6].why, "too little history");
  EXPECT_EQ(rows.back().state, DetectState::kAmber);
  EXPECT_FALSE(rows.back().lower);
  EXPECT_GT(40, *rows.back().upper);
}

// Awkward input: every method gives a defined answer, in every figure.
struct Awkward {
  const char* name;
  Series series;
  const char* last;  // state by Farrington
};
std::vector<Awkward> awkward() {
  testing::Random random(20261125);
  auto const noise = [&random](int low, int high) { return random.between(low, high); };
  return {
      {"empty", {"s", {}}, ""},
      {"without any value", series_of(40, [](int) { return -1; }), "not assessed: no value"},
      {"constant", series_of(kPeriods, [](int) { return 50; }), "normal"},
      {"all zero", series_of(kPeriods, [](int) { return 0; }),
       "not assessed: nothing ever happened in this season"},
      {"one spike", series_of(kPeriods, [](int t) { return t == kPeriods - 30 ? 900 : 0; }),
       "not assessed: nothing ever happened in this season"},
      {"one spike in season",
       series_of(kPeriods, [](int t) { return t == kPeriods - 25 ? 900 : 0; }), ""},
      {"huge", series_of(kPeriods, [](int) { return 1e9; }), "normal"},
      {"huge scatter", series_of(kPeriods, [&](int) { return noise(0, 1) * 1e9; }), ""},
      {"tiny", series_of(kPeriods, [&](int) { return noise(0, 9) == 0 ? 1 : 0; }), ""},
      {"gaps", series_of(kPeriods, [&](int) { return noise(0, 2) == 0 ? -1 : noise(20, 30); }), ""},
      {"shorter than a season", series_of(9, [](int) { return 5; }), "normal"},
      {"eight points", series_of(8, [](int) { return 5; }), "not assessed: too little history"},
      {"one point", series_of(1, [](int) { return 5; }), "not assessed: too little history"},
      {"200 zeros first", series_of(320, [&](int t) { return t < 200 ? 0 : noise(10, 14); }), ""},
      {"a block of zeros", series_of(kPeriods, [](int t) { return t % 12 == 4 ? 0 : 30; }),
       "normal"},
      {"an explosion",
       series_of(kPeriods, [](int t) { return std::min(1e9, std::round(std::pow(1.3, t))); }), ""},
      {"a decay", series_of(kPeriods, [](int t) { return std::round(1e9 * std::pow(0.5, t)); }),
       ""},
  };
}

TEST(DetectSeriesTest, AwkwardSeriesHaveDefinedAnswers) {
  for (const Awkward& a : awkward()) {
    for (DetectMethod method : kMethods) {
      for (auto compatibility :
           {detection::Compatibility::kNone, detection::Compatibility::kRSurveillance}) {
        SCOPED_TRACE(base::cat(a.name, " method ", static_cast<int>(method)));
        DetectOptions o = months();
        o.method = method;
        o.farrington.compatibility = compatibility;
        auto const rows = detect_series(a.series, o);
        ASSERT_EQ(rows.size(), a.series.points.size());
        expect_finite(rows);
      }
    }
    if (a.series.points.empty() || *a.last == '\0') continue;
    const DetectRow last = detect_series(a.series, months()).back();
    std::string const state = last.why.empty() ? std::string(name(last.state))
                                               : base::cat(name(last.state), ": ", last.why);
    EXPECT_THAT(state, StartsWith(a.last)) << a.name;
  }
}

// As in R's glm: a deviance that is only rounding error never converges.
TEST(DetectSeriesTest, ABaselineThatDoesNotConvergeIsReported) {
  DetectFlags weeks;
  weeks.calendar = "undated";
  weeks.compatibility = "r-surveillance";
  auto const rows = detect_series(series_of(300, [](int) { return 1e9; }),
                                  testing::must(detect_options(weeks)).series);
  EXPECT_EQ(rows.back().state, DetectState::kNotAssessed);
  EXPECT_EQ(rows.back().why, "the baseline does not converge");
}

// Property: for any series and any method, figures are finite, and a second run gives the same.
TEST(DetectSeriesPropertyTest, AnySeriesIsAnswered) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    testing::Random random(seed);
    int const scale = random.between(0, 9);
    double const level = std::pow(10, scale);
    Series const s = series_of(random.between(1, 150), [&](int) {
      if (random.chance(0.1)) return -1.0;
      return random.chance(0.2) ? 0.0 : std::floor(random.uniform() * level);
    });
    DetectOptions o = months();
    o.method = kMethods[random.below(4)];
    o.harm = static_cast<HarmSides>(random.below(3));
    SCOPED_TRACE(base::cat("seed ", seed));
    auto const rows = detect_series(s, o);
    expect_finite(rows);
    auto const again = detect_series(s, o);
    for (size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i].score, again[i].score);
  }
}

}  // namespace
}  // namespace bellwether::analysis
