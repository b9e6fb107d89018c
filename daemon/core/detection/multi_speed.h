// Purpose: finds changes of any speed in a series of scores: exponentially weighted moving averages
// (EWMA) of three memories, each in units of its own ordinary scatter, and one p for all three.
//   averages    m ← (1 − λ) m + λ clip(z); M = m/√(λ/(2 − λ)) has variance one if scores are
//               independent with variance one (Roberts 1959, Technometrics 1, 239–250)
//   width       median |M|/0.6745 of the settled periods: levels wander, so that sums of scores are
//               wider than in theory. This is an empirical null (Efron 2004, Journal of the
//               American Statistical Association 99, 96–104), pooled in judge.h
//   combined p  the Cauchy combination (Liu & Xie 2020, Journal of the American Statistical
//               Association 115, 393–402), which holds for dependent averages
//   stated rate false_alarms_a_year() turns p into false alarms a series-year, and back
// Invariants: functions of the scores and the options.
// Thread safety: values and pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/base/calendar.h"

namespace bellwether::detection {

inline constexpr size_t kSpeeds = 3;
using BySpeed = std::array<double, kSpeeds>;

struct SpeedOptions {
  BySpeed lambda = {0.5, 0.25, 0.1};  // weight of the newest score: memories of 2, 4 and 10 weeks
  double clip = 3;                    // scores farther out count as this much
  int location_periods = 104;         // the shift is estimated from the settled scores of these
  double location_prior = 20;         // shrinks the shift: n/(n + this)
  static SpeedOptions for_calendar(base::Calendar calendar);
};

// The width of scores in standard deviations of a normal: median |z|/0.6745. It stays valid if up
// to half of the scores lie in downturns. Returns 1 for fewer than kScalePointsMin scores. Reorders
// `z`.
inline constexpr size_t kScalePointsMin = 24;
double score_width(std::span<double> z);

// Averages of the scores of consecutive periods. Periods without a score are skipped.
class SpeedAverages {
 public:
  explicit SpeedAverages(const SpeedOptions& options);
  void add(double z);
  // M for each λ.
  BySpeed standardised() const;

 private:
  BySpeed lambda_;
  BySpeed divisor_;
  double clip_;
  BySpeed mean_{};
};

// The averages at one period, and what is ordinary for the series.
struct SpeedScores {
  BySpeed average{};          // M less the shift; positive is harm
  BySpeed width = {1, 1, 1};  // of the settled periods; may be below 1
  int points = 0;             // settled periods; below kScalePointsMin the widths are 1
  // The harmful shift of the scores, at least 0: their settled median in the latest years, shrunk.
  // A level that stays changed becomes the new normal by this.
  double shift = 0;
};

// Scratch space. Belongs to one thread and keeps no result between calls.
struct SpeedScratch {
  std::array<std::vector<double>, kSpeeds> settled;
  std::vector<double> recent;
};

// Computes SpeedScores along a path: first the settled scores in order, then finish_settled(), then
// advance() for the others.
class SpeedState {
 public:
  explicit SpeedState(const SpeedOptions& options) : options_(options), averages_(options) {}
  // `recent`: the score is among those that the shift is estimated from.
  void settle(double z, bool recent, SpeedScratch& scratch);
  void finish_settled(SpeedScratch& scratch);
  void advance(double z) { averages_.add(z); }
  SpeedScores scores() const;

 private:
  SpeedOptions options_;
  SpeedAverages averages_;
  SpeedScores ordinary_;  // without the averages
};

// One p for the averages in units of their widths, s = M/width. NaN is not allowed.
double combined_p(const BySpeed& s);

// What p means for people: how many false alarms a year an ordinary series raises if every p at or
// below this one is an alarm. Inverse: level_for(). Both interpolate a table that was simulated for
// independent normal scores; tests simulate it again.
double false_alarms_a_year(double p, base::Calendar calendar);
double level_for(double false_alarms_a_year, base::Calendar calendar);

}  // namespace bellwether::detection
