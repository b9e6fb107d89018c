// Series that no model was made for. For each series and each detector, the result is either listed
// here or checked to be sound (support/sound_detection.h).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "core/detection/cold_start.h"
#include "core/detection/cusum.h"
#include "core/detection/detector.h"
#include "core/detection/farrington.h"
#include "core/detection/ratio.h"
#include "core/detection/reporting_delay.h"
#include "support/odd_series.h"
#include "support/random.h"
#include "support/sound_detection.h"

namespace bellwether::detection {
namespace {

using base::PeriodIndex;
using testing::counts_of;
using testing::for_each_odd;
using testing::kHuge;
using testing::kLasts;
using testing::kOddNumbers;
using testing::kOddYears;
using testing::last_of;
using testing::odd_series;
using testing::OddSeries;
using testing::unsound;

struct Variant {
  const char* name;
  FarringtonOptions options;
};

std::vector<Variant> variants(base::Calendar calendar) {
  std::vector<Variant> out;
  auto const add = [&](const char* name, auto change) {
    FarringtonOptions o = FarringtonOptions::for_calendar(calendar);
    change(o);
    out.push_back({name, o});
  };
  add("as the daemon", [](FarringtonOptions&) {});
  add("R", [](FarringtonOptions& o) {
    o.compatibility = Compatibility::kRSurveillance;
    o.down_weight = DownWeight::kUpperTail;
  });
  add("no weights, no trend", [](FarringtonOptions& o) {
    o.down_weight = DownWeight::kNone;
    o.trend = TrendUse::kNever;
  });
  add("original", [](FarringtonOptions& o) {
    o.seasonal_blocks = 1;
    o.exclude_recent = 0;
    o.trend = TrendUse::kSignificant;
    o.residual_threshold = 1;
  });
  add("one year", [](FarringtonOptions& o) { o.years = o.years_min = 1; });
  add("R, one year, windows alone", [](FarringtonOptions& o) {
    o.years = o.years_min = 1;
    o.seasonal_blocks = 1;
    o.half_window = 1;
    o.compatibility = Compatibility::kRSurveillance;
    o.trend = TrendUse::kSignificant;
  });
  return out;
}

TEST(BadInputTest, FarringtonIsSound) {
  Workspace workspace;
  for_each_odd([&](const CountSeries& series) {
    for (const Variant& v : variants(series.calendar)) {
      SCOPED_TRACE(v.name);
      int32_t const last = last_of(series);
      for (int32_t t : {series.first.value - 1, series.first.value, last - 90, last - 40, last - 1,
                        last, last + 1, last + 30}) {
        Baseline const b = fit(series, PeriodIndex(t), {}, v.options, workspace);
        for (int64_t y : {int64_t{-3}, int64_t{0}, int64_t{1}, int64_t{49}, count_at(series, t),
                          int64_t{kHuge}}) {
          ASSERT_EQ(unsound(b, y, 0.98), "") << "period " << t << ", count " << y;
        }
      }
    }
  });
}

TEST(BadInputTest, TheDetectorIsSoundAndTheSameFromItsCache) {
  for_each_odd([&](const CountSeries& series) {
    for (Harm harm : {Harm::kLow, Harm::kHigh}) {
      DetectorOptions options;
      options.farrington = FarringtonOptions::for_calendar(series.calendar);
      options.path_periods_max = 30;
      Workspace workspace;
      ScoredSeries scored;
      std::vector<double> const shares = {0.6, 0.9, 0.99};  // shares reported of the latest periods
      int32_t const last = last_of(series);
      for (int32_t t : {series.first.value - 1, series.first.value, last - 1, last, last + 1}) {
        Assessment const a = assess(series, PeriodIndex(t), {}, harm, options, workspace, shares);
        Assessment const kept =
            scored.assess(series, PeriodIndex(t), harm, options, workspace, shares);
        ASSERT_EQ(unsound(a), "") << "period " << t;
        ASSERT_EQ(unsound(kept), "") << "period " << t;
        ASSERT_EQ(a.why, kept.why) << "period " << t;
        ASSERT_EQ(a.z, kept.z) << "period " << t;
        ASSERT_EQ(a.cusum, kept.cusum) << "period " << t;
        ASSERT_EQ(a.onset, kept.onset) << "period " << t;
      }
    }
  });
}

TEST(BadInputTest, YoungSeriesAreSound) {
  for_each_odd([](const CountSeries& series) {
    ColdStartOptions const options = ColdStartOptions::for_calendar(series.calendar);
    for (int32_t t = series.first.value - 1; t <= last_of(series) + 1; ++t) {
      ASSERT_EQ(unsound(fit_recent(series, PeriodIndex(t), {}, options), count_at(series, t), 0.98),
                "")
          << "period " << t;
    }
  });
}

// The result that is known in advance.
struct Expected {
  const char* name;
  NotAssessed why;
  double expected;  // of the last period; 0 if not assessed
};

TEST(BadInputTest, FarringtonGivesTheKnownReasonOrExpectedCount) {
  base::Calendar const months(base::CalendarUnit::kMonth);
  FarringtonOptions const options = FarringtonOptions::for_calendar(months);
  Workspace workspace;
  for (const Expected& e : std::initializer_list<Expected>{
           {"all zero", NotAssessed::kNothingExpected, 0},
           {"negative", NotAssessed::kNothingExpected, 0},
           {"most negative", NotAssessed::kNothingExpected, 0},
           {"one spike of one", NotAssessed::kNothingExpected, 0},
           {"one huge spike", NotAssessed::kNothingExpected, 0},
           {"one season alone", NotAssessed::kNothingExpected, 0},
           {"zeros but for the first year", NotAssessed::kNothingExpected, 0},
           {"constant", NotAssessed::kNone, 40},
           {"constant one", NotAssessed::kNone, 1},
           {"constant huge", NotAssessed::kNone, 1e9},
           {"constant largest", NotAssessed::kNone, 2147483647.0},
           {"huge shift at the last point", NotAssessed::kNone, 20},
           {"fall at the last point", NotAssessed::kNone, 500},
           {"a season that is always zero", NotAssessed::kNone, 30},
       }) {
    SCOPED_TRACE(e.name);
    auto const odd = std::ranges::find_if(
        odd_series(), [&](const OddSeries& s) { return std::string(s.name) == e.name; });
    ASSERT_NE(odd, odd_series().end());
    auto const counts = counts_of(*odd, 12 * kOddYears);
    CountSeries const series{months, PeriodIndex(0), counts};
    Baseline const b = fit(series, PeriodIndex(last_of(series)), {}, options, workspace);
    EXPECT_EQ(b.why, e.why) << name(b.why);
    EXPECT_NEAR(b.expected, e.expected, 1e-9 * e.expected);
  }
}

// With a block for each month and a single year, a trend cannot be separated from the season.
TEST(BadInputTest, ATrendNeedsTwoYearsOfASeason) {
  base::Calendar const months(base::CalendarUnit::kMonth);
  FarringtonOptions options = FarringtonOptions::for_calendar(months);
  options.years = options.years_min = 1;
  Workspace workspace;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    testing::Random random(seed);
    std::vector<int32_t> counts;
    for (int t = 0; t < 13; ++t) counts.push_back(random.between(1, 90));
    CountSeries const series{months, PeriodIndex(0), counts};
    Baseline const b = fit(series, PeriodIndex(12), {}, options, workspace);
    EXPECT_EQ(b.why, NotAssessed::kNone);
    EXPECT_FALSE(b.trend_used);
    EXPECT_NEAR(b.expected, counts[0], 1e-6);
    EXPECT_NEAR(b.variance_of_eta, 1.0 / counts[0], 1e-6);  // of one Poisson count
  }
}

// Counts over nine orders of magnitude, with weights that change at the smallest residual: the
// second fit starts too far from its solution.
TEST(BadInputTest, ABaselineThatDoesNotConvergeIsNotAssessed) {
  std::vector<int32_t> const counts = {
      185839,  1797,  2,         0,         8574647, 409844667, 369, 1,         39015585,
      149,     0,     112771585, 321093887, 0,       121742438, 14,  425116588, 37196,
      1044231, 9833,  732774,    737,       5,       2775271,   6,   96401240,  5318,
      17451,   25155, 80432,     332262931, 102,     5979,      0,   103660,    11681};
  base::Calendar const months(base::CalendarUnit::kMonth);
  FarringtonOptions options = FarringtonOptions::for_calendar(months);
  options.years = 3;
  options.years_min = 2;
  options.seasonal_blocks = 7;
  options.exclude_recent = 22;
  options.down_weight = DownWeight::kUpperTail;
  options.residual_threshold = 0.125915;
  options.compatibility = Compatibility::kRSurveillance;
  CountSeries const series{months, PeriodIndex(100), counts};
  Workspace workspace;
  Baseline const b = fit(series, PeriodIndex(135), {}, options, workspace);
  EXPECT_EQ(b.why, NotAssessed::kNoConvergence);
  EXPECT_EQ(unsound(b), "");
}

TEST(BadInputTest, NowcastsAreSound) {
  for (int64_t y : {int64_t{0}, int64_t{1}, int64_t{kHuge}, int64_t{INT32_MAX}}) {
    for (double share : {0.01, 0.6, 0.98, 1.0}) {
      for (double log_variance : {0.0, 1e-9, 1.0, 1e3}) {
        SCOPED_TRACE(::testing::Message() << y << " of " << share << " ± " << log_variance);
        Nowcast const n = nowcast(y, share, log_variance, 0.95);
        EXPECT_TRUE(testing::all_finite({n.expected, n.lower, n.upper}));
        EXPECT_LE(static_cast<double>(y), n.lower);
        EXPECT_LE(n.lower, n.expected);
        EXPECT_LE(n.expected, n.upper);
      }
    }
  }
}

TEST(BadInputTest, ACusumIgnoresNaN) {
  for (double z : kOddNumbers) {
    Cusum c{CusumOptions{}};
    c.add(PeriodIndex(0), 2);
    c.add(PeriodIndex(1), z);
    EXPECT_TRUE(c.value() >= 0 && c.value() <= CusumOptions{}.threshold_h) << z;
    if (std::isnan(z)) {
      EXPECT_EQ(c.value(), 1.5);
    }
  }
}

struct OddShares {
  const char* name;
  std::pair<int32_t, int32_t> share, last;  // {numerator, denominator} before the last period and
                                            // in it
  std::string_view why;                     // of the last period
};

constexpr int32_t kMost = std::numeric_limits<int32_t>::max();
constexpr std::string_view kFew = "too few cases in the period";
constexpr std::string_view kNoShare = "the share is not within 0 and 1";
constexpr std::string_view kYoung = "too little history";
constexpr OddShares kOddShares[] = {
    {"none of none", {0, 0}, {0, 0}, kFew},
    {"none of many", {0, 100}, {0, 100}, ""},
    {"all", {100, 100}, {100, 100}, ""},
    {"none of the most", {0, kMost}, {0, kMost}, ""},
    {"all of the most", {kMost, kMost}, {kMost, kMost}, ""},
    {"from none to all of the most", {0, kMost}, {kMost, kMost}, ""},
    {"negative cases", {3, -100}, {3, -100}, kFew},
    {"negative at last", {9, 100}, {-1, 100}, kNoShare},
    {"more than all at last", {9, 100}, {101, 100}, kNoShare},
    {"more than all before", {101, 100}, {9, 100}, kYoung},
    {"cases at last alone", {0, 0}, {9, 100}, kYoung},
};

TEST(BadInputTest, SharesAreSound) {
  base::Calendar const months(base::CalendarUnit::kMonth);
  RatioOptions const options = RatioOptions::for_calendar(months);
  constexpr int kLast = 29;
  for (const OddShares& odd : kOddShares) {
    SCOPED_TRACE(odd.name);
    std::vector<int32_t> numerators(60, odd.share.first);
    std::vector<int32_t> denominators(60, odd.share.second);
    numerators.back() = odd.last.first;
    denominators.back() = odd.last.second;
    ShareSeries const series{months, PeriodIndex(kLast - 59), numerators, denominators};
    for (Harm harm : {Harm::kLow, Harm::kHigh}) {
      for (int32_t t : {-31, -30, kLast - 1, kLast, kLast + 1}) {
        RatioAssessment const a = assess_share(series, PeriodIndex(t), {}, harm, options, {});
        EXPECT_EQ(unsound(a), "") << t;
        if (t == kLast) {
          EXPECT_EQ(a.not_assessed, odd.why);
        }
        if (t == -31 || t == kLast + 1) {
          EXPECT_EQ(a.not_assessed, kFew);
        }
      }
    }
  }
}

}  // namespace
}  // namespace bellwether::detection
