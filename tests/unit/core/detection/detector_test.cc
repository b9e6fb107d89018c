#include "core/detection/detector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/csv.h"
#include "core/detection/ratio.h"
#include "core/stats/normal.h"
#include "support/data.h"
#include "support/must.h"
#include "support/random.h"

namespace bellwether::detection {
namespace {

using base::PeriodIndex;
using testing::Random;

bool same(const Assessment& a, const Assessment& b) {
  return a.why == b.why && a.observed == b.observed && a.expected == b.expected && a.p == b.p &&
         a.z == b.z && a.cusum == b.cusum && (a.cusum == 0 || a.onset == b.onset) &&
         a.dispersion == b.dispersion && a.scale == b.scale && a.width == b.width &&
         a.scale_points == b.scale_points && a.speed.average == b.speed.average &&
         a.speed.width == b.speed.width && a.speed.points == b.speed.points &&
         a.speed.shift == b.speed.shift;
}

// The state kept between ticks is a cache. With revisions, exclusions and preparation in any order,
// with gaps and without an own scale, the scores and both tails' change points are bit-identical to
// those of the pure function.
TEST(ScoredSeriesTest, IncrementalScoresEqualFreshOnes) {
  for (auto unit : {base::CalendarUnit::kMonth, base::CalendarUnit::kWeek}) {
    base::Calendar const calendar(unit);
    int const year = calendar.periods_per_year();
    for (uint64_t seed = 1; seed <= 6; ++seed) {
      Random random(seed);
      std::vector<int32_t> counts;
      for (int t = 0; t < year * 8; ++t)
        counts.push_back(random.between(5, 40) - (t > year * 7 ? 12 : 0));
      DetectorOptions options;
      options.farrington = FarringtonOptions::for_calendar(calendar);
      options.speed = SpeedOptions::for_calendar(calendar);
      options.speed.location_periods = 50;
      options.path_periods_max = 60;  // enough periods for a scale
      options.own_scale = seed % 3 != 0;
      std::vector<PeriodRange> gaps;
      if (seed % 2 == 0) {
        for (int begin = 110; begin < 100 + year * 8; begin += random.between(5, 60))
          gaps.push_back({PeriodIndex(begin), PeriodIndex(begin + random.between(0, 2))});
      }
      Workspace workspace;
      ScoredSeries scored;
      std::vector<PeriodRange> excluded;
      std::vector<double> reported;
      for (int t = year * 5; t < year * 8 - 1; t += random.between(1, 3)) {
        CountSeries const series{calendar, PeriodIndex(100),
                                 std::span(counts).first(static_cast<size_t>(t) + 1), gaps};
        if (random.chance(0.3)) {
          int const late = random.between(0, t);
          counts[static_cast<size_t>(late)] += random.between(0, 6);
          scored.revise(PeriodIndex(100 + late));
        }
        if (random.chance(0.1)) {
          excluded = {{PeriodIndex(100 + t - 20), PeriodIndex(100 + t - 8)}};
          scored.exclude(excluded);
        }
        if (random.chance(0.3)) {
          reported.resize(static_cast<size_t>(random.between(0, 5)));
          for (size_t age = 0; age < reported.size(); ++age)
            reported[age] = 0.6 + 0.07 * static_cast<double>(age);
        }
        scored.revise(PeriodIndex(100 + t));
        Assessment const fresh = assess(series, PeriodIndex(100 + t), excluded, Harm::kLow, options,
                                        workspace, reported);
        Assessment const kept =
            scored.assess(series, PeriodIndex(100 + t), Harm::kLow, options, workspace, reported);
        ASSERT_TRUE(same(kept, fresh)) << "seed " << seed << " t " << t << " cusum " << kept.cusum
                                       << " " << fresh.cusum << " z " << kept.z << " " << fresh.z;
        Assessment const other = assess(series, PeriodIndex(100 + t), excluded, Harm::kHigh,
                                        options, workspace, reported);
        Cusum const side = scored.other_side(options.cusum);
        ASSERT_EQ(side.value(), other.cusum);
        if (side.value() > 0) {
          ASSERT_EQ(side.onset(), other.onset);
        }
        if (random.chance(0.5)) {
          scored.prepare(series, PeriodIndex(100 + t + 1), Harm::kLow, options, workspace,
                         reported);
        }
      }
    }
  }
}

TEST(DetectorTest, AGapIsNotScoredAndInNoBaseline) {
  base::Calendar const calendar(base::CalendarUnit::kMonth);
  std::vector<int32_t> counts;
  Random random(3);
  for (int t = 0; t < 120; ++t) counts.push_back(random.between(90, 110));
  counts[80] = 10'000;
  counts[115] = 0;
  std::vector<PeriodRange> const gaps = {{PeriodIndex(80), PeriodIndex(80)},
                                         {PeriodIndex(114), PeriodIndex(115)}};
  DetectorOptions options;
  options.farrington = FarringtonOptions::for_calendar(calendar);
  options.farrington.exclude_recent = 0;
  Workspace workspace;
  CountSeries const series{calendar, PeriodIndex(0), counts, gaps};
  auto const at = [&](const CountSeries& s, int t, std::span<const PeriodRange> excluded) {
    return assess(s, PeriodIndex(t), excluded, Harm::kLow, options, workspace);
  };
  EXPECT_EQ(at(series, 115, {}).why, NotAssessed::kNotObserved);
  EXPECT_EQ(at(series, 114, {}).z, 0);
  Assessment const after = at(series, 119, {});
  EXPECT_EQ(after.expected, at({calendar, PeriodIndex(0), counts}, 119, gaps).expected);
  EXPECT_NEAR(after.expected, 100, 10);
  EXPECT_LT(after.cusum, 3) << "an unobserved period is not a fall";
}

TEST(DetectorTest, S3_AClosedPeriodIsLikeAGapWithAnotherReason) {
  base::Calendar const calendar(base::CalendarUnit::kWeek);
  std::vector<int32_t> counts;
  Random random(4);
  for (int t = 0; t < 420; ++t) counts.push_back(random.between(90, 110));
  std::vector<PeriodRange> const gaps = {{PeriodIndex(100), PeriodIndex(100)}};
  std::vector<PeriodRange> closed;
  for (int t = 40; t < 420; t += 52) closed.push_back({PeriodIndex(t), PeriodIndex(t + 1)});
  for (const PeriodRange& r : closed)
    for (int t = r.first.value; t <= r.last.value; ++t) counts[static_cast<size_t>(t)] = 5;
  std::vector<PeriodRange> both = closed;
  both.insert(std::ranges::upper_bound(both, PeriodIndex(100), {}, &PeriodRange::first),
              gaps.front());
  for (bool const cold_start : {false, true}) {
    DetectorOptions options;
    options.farrington = FarringtonOptions::for_calendar(calendar);
    if (cold_start) options.cold_start = ColdStartOptions::for_calendar(calendar);
    Workspace workspace;
    CountSeries const series{calendar, PeriodIndex(0), counts, gaps, closed};
    CountSeries const all_gaps{calendar, PeriodIndex(0), counts, both};
    int unassessed = 0;
    for (int t = 60; t < 420; ++t) {
      Assessment const a = assess(series, PeriodIndex(t), {}, Harm::kLow, options, workspace);
      Assessment const b = assess(all_gaps, PeriodIndex(t), {}, Harm::kLow, options, workspace);
      bool const is_closed_now = is_closed(series, t);
      unassessed += is_closed_now;
      ASSERT_EQ(a.why, is_closed_now ? NotAssessed::kClosed : b.why) << t;
      ASSERT_EQ(a.z, b.z) << t;
      ASSERT_EQ(a.cusum, b.cusum) << t;
      ASSERT_EQ(a.expected, b.expected) << t;
      EXPECT_LT(a.cusum, 5) << t << ": a closed week is not a fall";
    }
    EXPECT_EQ(unassessed, 14);
  }
}

TEST(CountSeriesTest, LeftOutPeriodsAreThoseInAGapOrClosed) {
  std::vector<PeriodRange> const gaps = {{PeriodIndex(3), PeriodIndex(5)},
                                         {PeriodIndex(9), PeriodIndex(9)}};
  std::vector<PeriodRange> const closed = {{PeriodIndex(5), PeriodIndex(6)},
                                           {PeriodIndex(12), PeriodIndex(13)}};
  CountSeries const s{base::Calendar(base::CalendarUnit::kWeek), PeriodIndex(0), {}, gaps, closed};
  for (int first = 0; first < 15; ++first) {
    LeftOut left_out(s, first, 15);
    for (int t = first; t <= 15; ++t)
      EXPECT_EQ(left_out.contains(t), is_gap(s, t) || is_closed(s, t)) << first << " " << t;
  }
}

TEST(CountSeriesTest, GapsAreFoundByPeriod) {
  std::vector<PeriodRange> const gaps = {{PeriodIndex(3), PeriodIndex(5)},
                                         {PeriodIndex(9), PeriodIndex(9)}};
  CountSeries const s{base::Calendar(base::CalendarUnit::kMonth), PeriodIndex(0), {}, gaps};
  EXPECT_EQ(ranges_between(s.gaps, 0, 2).size(), 0u);
  EXPECT_EQ(ranges_between(s.gaps, 5, 8).size(), 1u);
  EXPECT_EQ(ranges_between(s.gaps, 5, 9).size(), 2u);
  EXPECT_EQ(ranges_between(s.gaps, 6, 8).size(), 0u);
  EXPECT_TRUE(is_gap(s, 4));
  EXPECT_FALSE(is_gap(s, 6));
  EXPECT_FALSE(is_gap(s, 10));
}

// Late reports are not a fall: each period is tested against the share that should have arrived.
TEST(DetectorTest, IncompletePeriodsAreTestedAgainstTheShareReported) {
  base::Calendar const calendar(base::CalendarUnit::kMonth);
  Random random(5);
  std::vector<int32_t> counts;
  for (int t = 0; t < 120; ++t) counts.push_back(random.between(90, 110));
  DetectorOptions options;
  options.farrington = FarringtonOptions::for_calendar(calendar);
  Workspace workspace;
  PeriodIndex const latest(119);
  Assessment const whole =
      assess({calendar, PeriodIndex(0), counts}, latest, {}, Harm::kLow, options, workspace);
  std::vector<double> const reported = {0.6, 0.8, 0.9};
  for (size_t age = 0; age < reported.size(); ++age) {
    int32_t& n = counts[counts.size() - 1 - age];
    n = static_cast<int32_t>(std::lround(n * reported[age]));
  }
  CountSeries const part{calendar, PeriodIndex(0), counts};
  Assessment const told = assess(part, latest, {}, Harm::kLow, options, workspace, reported);
  EXPECT_DOUBLE_EQ(told.share, 0.6);
  EXPECT_NEAR(told.expected, 0.6 * whole.expected, 1e-9);
  EXPECT_NEAR(told.ratio, whole.ratio, 0.02);
  EXPECT_LT(std::abs(told.z), 2);
  EXPECT_LT(told.cusum, options.cusum.threshold_h / 2);
  Assessment const taken_as_whole = assess(part, latest, {}, Harm::kLow, options, workspace);
  EXPECT_GT(taken_as_whole.z, 3) << "without the share, an incomplete period looks like a fall";
}

TEST(DetectorTest, AFallIsFoundAndDatedToItsBeginning) {
  Random random(5);
  std::vector<int32_t> counts;
  for (int t = 0; t < 120; ++t)
    counts.push_back(random.between(90, 110) * (t >= 108 ? 7 : 10) / 10);
  DetectorOptions options;
  options.farrington = FarringtonOptions::for_calendar(base::Calendar(base::CalendarUnit::kMonth));
  Workspace workspace;
  CountSeries const series{base::Calendar(base::CalendarUnit::kMonth), PeriodIndex(0), counts};
  Assessment const a = assess(series, PeriodIndex(112), {}, Harm::kLow, options, workspace);
  EXPECT_LT(a.p, 0.01);
  EXPECT_GE(a.cusum, options.cusum.threshold_h);
  EXPECT_NEAR(a.onset.value, 108, 1);
  EXPECT_NEAR(a.ratio, 0.7, 0.12);
  Assessment const before = assess(series, PeriodIndex(106), {}, Harm::kLow, options, workspace);
  EXPECT_LT(before.cusum, options.cusum.threshold_h);
}

TEST(ScoreScaleTest, IsTheMedianOfTheScoresOverThatOfANormal) {
  std::vector<double> z(30, 0.6744897501960817 * 2);
  EXPECT_DOUBLE_EQ(score_scale(score_width(z)), 2);
  std::vector<double> few(kScalePointsMin - 1, 9);
  EXPECT_EQ(score_scale(score_width(few)), 1);
  std::vector<double> narrow(50, -0.1);
  EXPECT_EQ(score_scale(score_width(narrow)), 1)
      << "a series that scatters less than in theory has scale 1";
}

// A real register: births by industry in Singapore, every month from 2000 on, both tails, downturns
// included. With the theoretical scale, small p-values would be several times as frequent as
// stated.
TEST(DetectorTest, OverdispersedSeriesUseTheirOwnScale) {
  std::string const file = "singapore/register.csv";
  std::map<std::string, std::vector<int32_t>> births;
  for (const base::CsvRow& row : testing::must(base::parse_csv(
           testing::data_file(file), file, {"period", "area", "sector", "births", "deaths"}))) {
    births[row[2]].push_back(std::stoi(row[3]));
  }
  base::Calendar const months(base::CalendarUnit::kMonth);
  PeriodIndex const first = testing::must(months.parse("1990-01"));
  DetectorOptions options;
  options.farrington = FarringtonOptions::for_calendar(months);
  Workspace workspace;
  double tested = 0;
  double surprises = 0;
  double surprises_unscaled = 0;
  for (const auto& [sector, counts] : births) {
    ScoredSeries scored;
    for (int t = 120; t < static_cast<int>(counts.size()); ++t) {
      Assessment const a =
          scored.assess({months, first, std::span(counts).first(static_cast<size_t>(t) + 1)},
                        PeriodIndex(first.value + t), Harm::kLow, options, workspace);
      if (a.why != NotAssessed::kNone) continue;
      tested += 2;
      surprises += std::min(a.p, a.p_other) < 0.01;
      surprises_unscaled += stats::normal_cdf(-std::abs(a.z * a.scale)) < 0.01;
    }
  }
  ASSERT_GT(tested, 5000);
  EXPECT_GT(surprises_unscaled / tested, 0.05);
  EXPECT_LT(surprises / tested, 0.03);
}

TEST(DetectorTest, ASectorThatFallsSilentAlarms) {
  std::vector<int32_t> const counts(100, 40);  // after that, every count is 0
  DetectorOptions options;
  options.farrington = FarringtonOptions::for_calendar(base::Calendar(base::CalendarUnit::kMonth));
  Workspace workspace;
  CountSeries const series{base::Calendar(base::CalendarUnit::kMonth), PeriodIndex(0), counts};
  Assessment const a = assess(series, PeriodIndex(101), {}, Harm::kLow, options, workspace);
  EXPECT_EQ(a.observed, 0);
  EXPECT_GT(a.z, 4);
}

class ShareTest : public ::testing::Test {
 protected:
  RatioAssessment at(int t) {
    ShareSeries const s{base::Calendar(base::CalendarUnit::kMonth), PeriodIndex(0), hits_, all_};
    return assess_share(s, PeriodIndex(t), {}, Harm::kHigh,
                        RatioOptions::for_calendar(base::Calendar(base::CalendarUnit::kMonth)), {});
  }
  std::vector<int32_t> hits_ = std::vector<int32_t>(60, 20);
  std::vector<int32_t> all_ = std::vector<int32_t>(60, 100);
};

TEST_F(ShareTest, ASteadyShareIsExpected) {
  RatioAssessment const a = at(59);
  EXPECT_TRUE(a.not_assessed.empty()) << a.not_assessed;
  EXPECT_NEAR(a.expected, 0.2, 1e-3);  // half a count is added to either side
  EXPECT_NEAR(a.z, 0, 0.01);
}

TEST_F(ShareTest, ARiseAddsUp) {
  for (size_t t = 55; t < 60; ++t) hits_[t] = 34;
  RatioAssessment const a = at(59);
  // z = 2 √100 (asin √.34 − asin √.2)
  EXPECT_NEAR(a.z, 20 * (std::asin(std::sqrt(0.34)) - std::asin(std::sqrt(0.2))), 0.01);
  EXPECT_EQ(a.cusum, 5.071) << "bounded at the threshold";
  EXPECT_EQ(a.onset, PeriodIndex(55));
  EXPECT_LT(a.p, 0.01);
}

// The CUSUM is bounded, because a larger value does not show whether the rise persists.
TEST_F(ShareTest, ALongRiseIsForgottenAsSoonAsAShortOne) {
  for (size_t t = 50; t < 56; ++t) hits_[t] = 60;
  EXPECT_EQ(at(55).cusum, 5.071);
  EXPECT_LT(at(59).cusum, 5.071 - 3 * 0.5) << "four ordinary months take half a deviation each";
}

TEST_F(ShareTest, SmallPeriodsAreNotScored) {
  all_[59] = 4;
  hits_[59] = 4;
  EXPECT_FALSE(at(59).not_assessed.empty());
}

TEST_F(ShareTest, WithoutHistoryThereIsNoAnswer) {
  EXPECT_FALSE(at(5).not_assessed.empty());
}

}  // namespace
}  // namespace bellwether::detection
