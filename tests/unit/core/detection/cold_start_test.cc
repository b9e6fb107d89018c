#include "core/detection/cold_start.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/detection/detector.h"
#include "core/stats/normal.h"
#include "support/calendars.h"
#include "support/random.h"

namespace bellwether::detection {
namespace {

using base::PeriodIndex;

using testing::kMonths;
// A test series: consecutive months, starting with period 1.
CountSeries months(const std::vector<int32_t>& counts) {
  return {kMonths, PeriodIndex(1), counts};
}
ColdStartOptions monthly() {
  return ColdStartOptions::for_calendar(kMonths);
}

TEST(ColdStartTest, TheBaselineIsTheLatestPeriodsBeforeTheGuard) {
  std::vector<int32_t> const counts = {8, 12, 10, 10, 6, 14, 10, 10, 99, 99, 20};
  Baseline const b = fit_recent(months(counts), PeriodIndex(11), {}, monthly());
  ASSERT_EQ(b.why, NotAssessed::kNone);
  EXPECT_EQ(b.kind, BaselineKind::kRecent);
  EXPECT_EQ(b.oldest, PeriodIndex(1));
  EXPECT_EQ(b.newest, PeriodIndex(8));
  EXPECT_EQ(b.points, 8);
  EXPECT_EQ(b.freedom, 7);
  EXPECT_DOUBLE_EQ(b.expected, 10);
  EXPECT_EQ(b.dispersion, 1) << "the periods scatter less than Poisson counts";
  EXPECT_DOUBLE_EQ(b.variance_of_eta, 1 / 80.0 + 0.2 * 0.2);
}

TEST(ColdStartTest, TheDispersionIsThatOfThePeriods) {
  std::vector<int32_t> const counts = {10, 30, 10, 30, 10, 30, 10, 30, 0, 0, 20};
  Baseline const b = fit_recent(months(counts), PeriodIndex(11), {}, monthly());
  EXPECT_DOUBLE_EQ(b.dispersion, 8 * 100 / 7.0 / 20);
}

TEST(ColdStartTest, BelowTheMinimumOfPeriodsThereIsNoBaseline) {
  std::vector<int32_t> const counts(20, 10);
  ColdStartOptions const o = monthly();
  int32_t const earliest = 1 + o.periods_min + o.guard;
  EXPECT_EQ(fit_recent(months(counts), PeriodIndex(earliest - 1), {}, o).why,
            NotAssessed::kShortHistory);
  EXPECT_EQ(fit_recent(months(counts), PeriodIndex(earliest), {}, o).why, NotAssessed::kNone);
  std::vector<PeriodRange> const one = {{PeriodIndex(3), PeriodIndex(3)}};
  EXPECT_EQ(fit_recent(months(counts), PeriodIndex(earliest), one, o).why,
            NotAssessed::kShortHistory);
  EXPECT_EQ(fit_recent(months(std::vector<int32_t>(20, 0)), PeriodIndex(15), {}, o).why,
            NotAssessed::kNothingExpected);
}

TEST(ColdStartTest, ExcludedPeriodsAreInNoBaseline) {
  std::vector<int32_t> counts(20, 10);
  counts[9] = counts[10] = 500;
  std::vector<PeriodRange> const both = {{PeriodIndex(10), PeriodIndex(11)}};
  EXPECT_DOUBLE_EQ(fit_recent(months(counts), PeriodIndex(18), both, monthly()).expected, 10);
}

// December doubles every year. The first one has a surprise within the season allowance, the second
// one has none.
TEST(ColdStartTest, ASeasonSeenInTheYearBeforeIsNoSurprise) {
  std::vector<int32_t> counts;
  for (int t = 0; t < 34; ++t) counts.push_back(t % 12 == 9 ? 80 : 38 + t % 5);
  ColdStartOptions const o = monthly();
  Baseline const first = fit_recent(months(counts), PeriodIndex(10), {}, o);
  EXPECT_EQ(first.kind, BaselineKind::kRecent);
  Baseline const third = fit_recent(months(counts), PeriodIndex(34), {}, o);
  ASSERT_EQ(third.kind, BaselineKind::kRecentAgainstYearBefore);
  EXPECT_GT(third.year_before, 1.5);
  EXPECT_LT(std::abs(score(third, 80, Harm::kHigh).z), 0.3);
  EXPECT_GT(score(third, 300, Harm::kHigh).z, 2);
  Baseline unaware = third;
  unaware.kind = BaselineKind::kRecent;
  EXPECT_GT(score(unaware, 80, Harm::kHigh).z, 1.5) << "without the year before, it is a surprise";
}

// An excluded month gives no information about the season.
TEST(ColdStartTest, AnExcludedYearBeforeIsNotComparedWith) {
  std::vector<int32_t> const counts(34, 40);
  std::vector<PeriodRange> const then = {{PeriodIndex(22), PeriodIndex(22)}};
  EXPECT_EQ(fit_recent(months(counts), PeriodIndex(34), {}, monthly()).kind,
            BaselineKind::kRecentAgainstYearBefore);
  EXPECT_EQ(fit_recent(months(counts), PeriodIndex(34), then, monthly()).kind,
            BaselineKind::kRecent);
}

// The interval matches the tails: its ends are the counts around which z passes ±1.96.
TEST(ColdStartTest, IntervalAndScoreAgree) {
  testing::Random random(3);
  for (int i = 0; i < 200; ++i) {
    std::vector<int32_t> counts;
    for (int t = 0; t < 34; ++t) counts.push_back(random.between(20, 60) + (t % 12 == 9 ? 30 : 0));
    Baseline const b =
        fit_recent(months(counts), PeriodIndex(random.between(12, 34)), {}, monthly());
    ASSERT_EQ(b.why, NotAssessed::kNone);
    Interval const interval = predictive_interval(b, 0.95);
    auto const lower = static_cast<int64_t>(interval.lower);
    auto const upper = static_cast<int64_t>(interval.upper);
    double const z = -stats::normal_quantile(0.025);
    // The ends use whole tails and the score uses mid-p, so they differ by a count or two.
    EXPECT_GT(score(b, upper + 2, Harm::kHigh).z, z);
    EXPECT_LT(score(b, std::max<int64_t>(0, upper - 2), Harm::kHigh).z, z);
    if (lower >= 2) {
      EXPECT_GT(score(b, lower - 2, Harm::kLow).z, z);
    }
    EXPECT_LT(score(b, lower + 2, Harm::kLow).z, z);
  }
}

TEST(ColdStartTest, TheTailsMirrorAndAddUp) {
  std::vector<int32_t> counts;
  for (int t = 0; t < 34; ++t) counts.push_back(30 + 5 * (t % 7));
  for (int32_t t : {14, 34}) {
    Baseline const b = fit_recent(months(counts), PeriodIndex(t), {}, monthly());
    for (int64_t y : {0, 10, 45, 200, 1'000'000}) {
      Score const low = score(b, y, Harm::kLow);
      Score const high = score(b, y, Harm::kHigh);
      EXPECT_EQ(low.z, -high.z);
      EXPECT_TRUE(std::isfinite(low.z));
      EXPECT_NEAR(low.p_low + low.p_high, 1, 1e-12);
    }
  }
}

class YoungSeriesTest : public ::testing::TestWithParam<base::CalendarUnit> {
 protected:
  base::Calendar calendar_{GetParam()};
  DetectorOptions options_ = [this] {
    DetectorOptions o;
    o.farrington = FarringtonOptions::for_calendar(calendar_);
    o.cold_start = ColdStartOptions::for_calendar(calendar_);
    return o;
  }();
  Workspace workspace_;
};

// The kind of baseline changes from none, through the first and the third year, to a seasonal one.
TEST_P(YoungSeriesTest, GrowsIntoABaselineBySeason) {
  testing::Random random(1);
  int const year = calendar_.periods_per_year();
  std::vector<int32_t> counts;
  ScoredSeries scored;
  std::vector<BaselineKind> kinds;
  for (int t = 0; t < 4 * year; ++t) {
    counts.push_back(random.between(90, 110));
    Assessment const a = scored.assess({calendar_, PeriodIndex(100), counts}, PeriodIndex(100 + t),
                                       Harm::kLow, options_, workspace_);
    int const least = options_.cold_start->periods_min + options_.cold_start->guard;
    ASSERT_EQ(a.why, t < least ? NotAssessed::kShortHistory : NotAssessed::kNone) << t;
    if (a.why != NotAssessed::kNone) continue;
    if (kinds.empty() || kinds.back() != a.baseline.kind) kinds.push_back(a.baseline.kind);
    EXPECT_EQ(a.young(), a.baseline.kind != BaselineKind::kSeasonal);
    if (!a.young()) continue;
    EXPECT_EQ(a.cusum, 0) << "no change point rests on a young baseline";
  }
  EXPECT_EQ(kinds, (std::vector<BaselineKind>{BaselineKind::kRecent,
                                              BaselineKind::kRecentAgainstYearBefore,
                                              BaselineKind::kSeasonal}));
}

// The incremental scores are bit-identical to those of the pure function, with late revisions,
// exclusions, late reports and preparation in any order.
TEST_P(YoungSeriesTest, IncrementalScoresEqualFreshOnes) {
  int const year = calendar_.periods_per_year();
  int young = 0;
  int grown = 0;
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    testing::Random random(seed);
    std::vector<int32_t> counts;
    for (int t = 0; t < year * 4; ++t)
      counts.push_back(random.between(5, 40) - (t > year * 2 ? 4 : 0));
    ScoredSeries scored;
    std::vector<PeriodRange> excluded;
    std::vector<double> reported;
    for (int t = 0; t < year * 4 - 1; t += random.between(1, 3)) {
      CountSeries const series{calendar_, PeriodIndex(100),
                               std::span(counts).first(static_cast<size_t>(t) + 1)};
      if (random.chance(0.3)) {
        int const late = random.between(0, t);
        counts[static_cast<size_t>(late)] += random.between(0, 6);
        scored.revise(PeriodIndex(100 + late));
      }
      if (random.chance(0.1)) {
        int const begin = random.between(0, t);
        excluded = {{PeriodIndex(100 + begin), PeriodIndex(100 + begin + 3)}};
        scored.exclude(excluded);
      }
      if (random.chance(0.3)) {
        reported.resize(static_cast<size_t>(random.between(0, 5)));
        for (size_t age = 0; age < reported.size(); ++age)
          reported[age] = 0.6 + 0.07 * static_cast<double>(age);
      }
      scored.revise(PeriodIndex(100 + t));
      Assessment const fresh = assess(series, PeriodIndex(100 + t), excluded, Harm::kLow, options_,
                                      workspace_, reported);
      Assessment const kept =
          scored.assess(series, PeriodIndex(100 + t), Harm::kLow, options_, workspace_, reported);
      young += fresh.why == NotAssessed::kNone && fresh.young();
      grown += fresh.why == NotAssessed::kNone && !fresh.young();
      ASSERT_EQ(kept.why, fresh.why) << "seed " << seed << " t " << t;
      ASSERT_EQ(kept.z, fresh.z) << "seed " << seed << " t " << t;
      ASSERT_EQ(kept.p, fresh.p);
      ASSERT_EQ(kept.cusum, fresh.cusum) << "seed " << seed << " t " << t;
      ASSERT_EQ(kept.expected, fresh.expected);
      ASSERT_EQ(kept.baseline.kind, fresh.baseline.kind);
      ASSERT_EQ(kept.baseline.year_before, fresh.baseline.year_before);
      if (random.chance(0.5)) {
        scored.prepare(series, PeriodIndex(100 + t + 1), Harm::kLow, options_, workspace_,
                       reported);
      }
    }
  }
  EXPECT_GT(young, 50);
  EXPECT_GT(grown, 20);
}

INSTANTIATE_TEST_SUITE_P(Calendars, YoungSeriesTest,
                         ::testing::Values(base::CalendarUnit::kMonth, base::CalendarUnit::kWeek));

}  // namespace
}  // namespace bellwether::detection
