// What an operator states is false alarms a series-year. Regions in which nothing happens but
// chance, steady growth or wandering levels are judged as in the daemon, tick by tick, and alarms
// are counted as the alert book counts them. Lasting falls show what the same levels find. Prints
// every rate with the seed.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <numbers>
#include <numeric>
#include <string>
#include <vector>

#include "core/detection/detector.h"
#include "core/detection/judge.h"
#include "core/stats/counts.h"
#include "core/stats/normal.h"
#include "support/calendars.h"
#include "support/random.h"

namespace bellwether::detection {
namespace {

using testing::kMonths;
using testing::kWeeks;
using testing::Random;

constexpr uint64_t kSeed = 20261129;
constexpr double kExpectedMin = 5;  // in four weeks, as in the rules

double uniform(Random& random) {
  return std::clamp(random.uniform(), 1e-12, 1 - 1e-12);
}
double normal(Random& random) {
  return stats::normal_quantile(uniform(random));
}

double stated(base::Calendar calendar) {
  return calendar.unit() == base::CalendarUnit::kWeek ? kFalseAlarmsWeekly : kFalseAlarmsMonthly;
}

// A region of series with each mean, in counts a period.
struct World {
  base::Calendar calendar{base::CalendarUnit::kWeek};
  std::vector<double> means;
  int series_each = 30;
  double dispersion = 1.5;
  double growth = 0;       // a year
  bool wandering = false;  // levels wander by 3 to 15 %, for months
  double fall = 0;         // of every fortieth series, from the first judged period on
  int years_judged = 8;
  Harm harm = Harm::kLow;
  bool region = true;  // the sum of all series is judged as their parent

  // Enough for a baseline of five years and for the widths of the averages.
  int warm_up() const { return 9 * calendar.periods_per_year(); }
  int periods() const { return warm_up() + years_judged * calendar.periods_per_year(); }
};

constexpr int kFallEvery = 40;

std::vector<int32_t> counts_of(const World& w, double mean, bool falls, Random& random) {
  double const year = w.calendar.periods_per_year();
  // As long a memory in years for months as for weeks.
  double const keep = std::pow(0.97, 52 / year);
  double const sd = w.wandering ? 0.03 + 0.12 * random.uniform() : 0;
  double const phase = 2 * std::numbers::pi * random.uniform();
  double level = sd * normal(random);
  std::vector<int32_t> out;
  for (int t = 0; t < w.periods(); ++t) {
    level = keep * level + std::sqrt(1 - keep * keep) * sd * normal(random);
    double const season = 0.15 * std::sin(2 * std::numbers::pi * t / year + phase);
    double const grown = std::log1p(w.growth) * (t - w.periods() / 2.0) / year;
    double const fallen = falls && t >= w.warm_up() ? std::log1p(-w.fall) : 0;
    stats::CountDistribution const d{mean * std::exp(level + season + grown + fallen),
                                     w.dispersion};
    out.push_back(static_cast<int32_t>(stats::quantile(d, uniform(random))));
  }
  return out;
}

struct Series {
  double mean = 0;  // 0: the whole region
  bool falls = false;
  std::vector<int32_t> counts;
  ScoredSeries scored;
  bool open = false;
  int quiet = 0;
  int alarms = 0;
  int judged = 0;
  int first_hit = INT32_MAX;  // periods after the fall
};

// Opens and clears an alarm as alerts::step() does.
void follow(Series& s, const Judged& j, int clear_ticks, int age) {
  ++s.judged;
  bool const hit = j.hit != HitBy::kNothing;
  if (hit) {
    s.alarms += !s.open;
    s.open = true;
    s.quiet = 0;
    s.first_hit = std::min(s.first_hit, age);
  } else if (s.open) {
    s.quiet = j.quiet() ? s.quiet + 1 : 0;
    s.open = s.quiet < clear_ticks;
  }
}

std::vector<Series> simulate(const World& w) {
  Random random(kSeed);
  std::vector<Series> all(1);
  all[0].counts.assign(static_cast<size_t>(w.periods()), 0);
  for (double mean : w.means) {
    for (int i = 0; i < w.series_each; ++i) {
      Series& s = all.emplace_back();
      s.mean = mean;
      s.falls = w.fall > 0 && i % kFallEvery == 0;
      s.counts = counts_of(w, mean, s.falls, random);
      for (size_t t = 0; t < s.counts.size(); ++t) all[0].counts[t] += s.counts[t];
    }
  }
  DetectorOptions const options = DetectorOptions::for_calendar(w.calendar);
  int const clear_ticks = w.calendar.unit() == base::CalendarUnit::kWeek ? 4 : 2;
  Workspace workspace;
  for (int t = w.warm_up(); t < w.periods(); ++t) {
    std::vector<Assessment> assessed(all.size());
    std::vector<Judged> judged(all.size());
    for (size_t i = 0; i < all.size(); ++i) {
      CountSeries const series{w.calendar, base::PeriodIndex(0), all[i].counts};
      assessed[i] = all[i].scored.assess(series, base::PeriodIndex(t), w.harm, options, workspace);
      bool const gated = assessed[i].why == NotAssessed::kNone &&
                         assessed[i].expected * w.calendar.periods_in_four_weeks() >= kExpectedMin;
      if (gated) judged[i].assessment = &assessed[i];
    }
    judge_together(judged, w.region ? std::optional<size_t>(0) : std::nullopt, {stated(w.calendar)},
                   w.calendar);
    for (size_t i = 0; i < all.size(); ++i) {
      if (judged[i].assessment != nullptr) follow(all[i], judged[i], clear_ticks, t - w.warm_up());
    }
  }
  return all;
}

// False alarms a series-year, of all series and by their mean.
struct Realised {
  double all = 0;
  std::map<double, double> by_mean;
};

Realised rates(const World& w, const std::string& what) {
  std::vector<Series> const all = simulate(w);
  std::map<double, std::pair<double, double>> sums;  // alarms and years, by mean
  for (size_t i = 1; i < all.size(); ++i) {
    auto& [alarms, years] = sums[all[i].mean];
    alarms += all[i].alarms;
    years += static_cast<double>(all[i].judged) / w.calendar.periods_per_year();
  }
  Realised out;
  double alarms = 0;
  double years = 0;
  std::printf("seed %llu, %s:", static_cast<unsigned long long>(kSeed), what.c_str());
  for (const auto& [mean, sum] : sums) {
    out.by_mean[mean] = sum.first / sum.second;
    alarms += sum.first;
    years += sum.second;
    std::printf("  mean %g %.3f", mean, sum.first / sum.second);
  }
  out.all = alarms / years;
  std::printf("; all %.4f a series-year, %.0f alarms in %.0f years\n", out.all, alarms, years);
  return out;
}

double found_within(const World& w, int periods, const std::string& what) {
  std::vector<Series> const all = simulate(w);
  double fallen = 0;
  double found = 0;
  for (const Series& s : all) {
    fallen += s.falls;
    found += s.falls && s.first_hit < periods;
  }
  double const share = found / fallen;
  std::printf("seed %llu, %s: found within %d periods %.3f\n",
              static_cast<unsigned long long>(kSeed), what.c_str(), periods, share);
  return share;
}

TEST(StatedRateTest, WeeksOfChanceRealiseHalfToAllOfTheStatedRate) {
  Realised const r = rates({.means = {5, 20, 100, 500}}, "weeks");
  EXPECT_GE(r.all, 0.5 * stated(kWeeks));
  EXPECT_LE(r.all, stated(kWeeks));
}

TEST(StatedRateTest, MonthsOfChanceRealiseHalfToAllOfTheStatedRate) {
  World w{.calendar = kMonths, .means = {20, 100, 500}, .series_each = 60, .years_judged = 15};
  Realised const r = rates(w, "months");
  EXPECT_GE(r.all, 0.5 * stated(kMonths));
  EXPECT_LE(r.all, stated(kMonths));
}

TEST(StatedRateTest, WanderingLevelsRealiseAtMostHalfAsMuchAgain) {
  World w{.means = {5, 20, 100, 500}, .wandering = true};
  EXPECT_LE(rates(w, "weeks, wandering").all, 1.5 * stated(kWeeks));
  w = {.calendar = kMonths,
       .means = {20, 100, 500},
       .series_each = 60,
       .wandering = true,
       .years_judged = 15};
  EXPECT_LE(rates(w, "months, wandering").all, 1.5 * stated(kMonths));
}

// Growth that goes on is no news, for either side.
TEST(StatedRateTest, F3SteadyGrowthAlarmsAtMostTwiceAsOftenAsAFlatSeries) {
  for (Harm harm : {Harm::kLow, Harm::kHigh}) {
    World w{.means = {20, 100, 500}, .series_each = 30, .harm = harm};
    double const flat = rates(w, "flat").all;
    for (double growth : {0.05, 0.15}) {
      w.growth = growth;
      double const grown = rates(w, "growth " + std::to_string(growth)).all;
      EXPECT_LE(grown, 2 * flat) << growth;
    }
  }
}

TEST(StatedRateTest, ALastingFallOfAFifthIsFound) {
  // Few series fall, so that the region and the others do not help to find them.
  World w{.means = {20},
          .series_each = 1600,
          .dispersion = 1,
          .fall = 0.2,
          .years_judged = 1,
          .region = false};
  EXPECT_GE(found_within(w, 13, "a fall of 20 %, mean 20"), 0.30);
  w.means = {100};
  w.series_each = 800;
  double const flat = found_within(w, 13, "a fall of 20 %, mean 100");
  EXPECT_GE(flat, 0.85);
  w.growth = 0.10;
  EXPECT_GE(found_within(w, 13, "the same in growth of 10 %"), flat - 0.10);
}

// The table of multi_speed.cc: independent normal scores, without baselines and widths.
TEST(StatedRateTest, TheTableOfRatesIsThatOfIndependentScores) {
  for (auto calendar : {kWeeks, kMonths}) {
    bool const week = calendar.unit() == base::CalendarUnit::kWeek;
    int const clear_ticks = week ? 4 : 2;
    constexpr std::array<double, 3> kLevels = {0.001, 0.005, 0.02};
    std::array<double, kLevels.size()> alarms{};
    Random random(kSeed);
    SpeedOptions const options = SpeedOptions::for_calendar(calendar);
    constexpr int kSeries = 400;
    int const periods = 4'000;
    for (int i = 0; i < kSeries; ++i) {
      SpeedAverages averages(options);
      std::array<Series, kLevels.size()> series;
      for (int t = 0; t < periods; ++t) {
        averages.add(normal(random));
        if (t < 100) continue;
        Judged j;
        j.score = averages.standardised();
        j.p = combined_p(j.score);
        for (size_t k = 0; k < kLevels.size(); ++k) {
          bool const hit = j.p <= kLevels[k] && j.recent() >= kStillGoing;
          j.hit = hit ? HitBy::kOwnLevel : HitBy::kNothing;
          follow(series[k], j, clear_ticks, t);
        }
      }
      for (size_t k = 0; k < kLevels.size(); ++k) alarms[k] += series[k].alarms;
    }
    double const years = kSeries * (periods - 100.0) / calendar.periods_per_year();
    for (size_t k = 0; k < kLevels.size(); ++k) {
      double const realised = alarms[k] / years;
      double const stated = false_alarms_a_year(kLevels[k], calendar);
      std::printf("p %g: %.4f a year, table %.4f\n", kLevels[k], realised, stated);
      EXPECT_NEAR(realised / stated, 1, 0.05 + 3 / std::sqrt(alarms[k])) << kLevels[k];
    }
  }
}

}  // namespace
}  // namespace bellwether::detection
