#include "analysis/backtest.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include "analysis/cusum_threshold.h"
#include "analysis/ears.h"
#include "analysis/evident_falls.h"
#include "analysis/tick_judge.h"
#include "analysis/windows.h"
#include "core/detection/closed_periods.h"
#include "core/detection/composite.h"
#include "core/detection/cusum.h"
#include "core/detection/detector.h"
#include "core/detection/judge.h"
#include "core/stats/counts.h"
#include "core/stats/normal.h"

namespace bellwether::analysis {
namespace {

using base::PeriodIndex;

using detection::kNotScored;
constexpr int kThresholdSteps = 400;

// Scores of a series from `first` on. NaN in a period that is not assessed. Positive is harm.
struct Scores {
  PeriodIndex first;
  std::vector<double> z;
  PeriodIndex end() const { return PeriodIndex(first.value + static_cast<int32_t>(z.size())); }
  double at(int32_t period) const {
    int32_t const i = period - first.value;
    return i < 0 || i >= static_cast<int32_t>(z.size()) ? kNotScored : z[static_cast<size_t>(i)];
  }
  void set(PeriodIndex period, double score) {
    z[static_cast<size_t>(period.value - first.value)] = score;
  }
};
using ScoresBySeries = std::map<std::string, Scores>;

struct Span {
  PeriodIndex begin;
  PeriodIndex end;  // exclusive
};

// Whether a score is known when a downturn begins: in its first period or, if that is closed, in
// the next.
bool scored_from(const Scores& s, int32_t first) {
  return !std::isnan(s.at(first)) || !std::isnan(s.at(first + 1));
}

// How a statistic becomes alarms.
struct Alarms {
  bool accumulate = false;  // the statistic is the CUSUM of the scores, not the score itself
  double threshold = 0;
  int clear_periods = 4;  // an alarm ends after so many below half the threshold
};

// The periods at which an alarm begins.
std::vector<int32_t> alarms(const Scores& s, const Alarms& how) {
  detection::Cusum cusum({.reference = 0.5, .clip = 3, .threshold_h = how.threshold});
  std::vector<int32_t> out;
  bool on = false;
  int quiet = 0;
  for (int32_t t = s.first.value; t < s.end().value; ++t) {
    double const z = s.at(t);
    if (std::isnan(z)) continue;
    if (how.accumulate) cusum.add(PeriodIndex(t), z);
    double const statistic = how.accumulate ? cusum.value() : z;
    if (statistic >= how.threshold) {
      if (!on) out.push_back(t);
      on = true;
      quiet = 0;
    } else if (on && statistic < how.threshold / 2) {
      on = ++quiet < how.clear_periods;
    } else {
      quiet = 0;
    }
  }
  return out;
}

std::optional<int> median(std::vector<int> delays, int misses) {
  size_t const n = delays.size() + static_cast<size_t>(misses);
  if (n == 0) return std::nullopt;
  std::ranges::sort(delays);
  size_t const middle = (n - 1) / 2;
  if (middle >= delays.size()) return std::nullopt;
  return delays[middle];
}

// Where alarms are sought: `windows_of` gives the downturns that hold for a series.
using WindowsOf = std::function<const Windows&(const std::string& series)>;

// The share of downturns for which chance would raise an alarm.
void finish(Performance& p, int64_t quiet_periods, std::vector<int> found_after,
            const BacktestOptions& o) {
  std::array<int, 4> const delays = reported_delays(o.calendar);
  p.series_years = static_cast<double>(quiet_periods) / o.calendar.periods_per_year();
  p.false_alarms_a_year = p.series_years > 0 ? p.false_alarms / p.series_years : 0;
  for (size_t k = 0; k < delays.size(); ++k) {
    double const years = static_cast<double>(delays[k]) / o.calendar.periods_per_year();
    p.chance[k] = 1 - std::exp(-p.false_alarms_a_year * years);
  }
  int const misses = p.downturns - static_cast<int>(found_after.size());
  p.median_delay = median(std::move(found_after), misses);
}

Performance perform(const ScoresBySeries& scores, const Alarms& how, const WindowsOf& windows_of,
                    Span part, const BacktestOptions& o) {
  Performance p;
  int64_t quiet_periods = 0;
  std::array<int, 4> const delays = reported_delays(o.calendar);
  std::vector<int> found_after;
  for (const auto& [name, s] : scores) {
    if (name == o.total) continue;
    const Windows& windows = windows_of(name);
    std::vector<int32_t> const raised = alarms(s, how);
    for (int32_t t = std::max(part.begin, s.first).value; t < std::min(part.end, s.end()).value;
         ++t) {
      quiet_periods += !std::isnan(s.at(t)) && windows.at(t) == Ground::kQuiet;
    }
    p.false_alarms += static_cast<int>(std::ranges::count_if(raised, [&](int32_t t) {
      return t >= part.begin.value && t < part.end.value && windows.at(t) == Ground::kQuiet;
    }));
    for (const detection::PeriodRange& d : windows.all()) {
      if (d.first < part.begin || d.first >= part.end || !scored_from(s, d.first.value)) continue;
      ++p.downturns;
      p.ceiling += windows.falls_itself(d);
      auto const hit = std::ranges::find_if(raised, [&](int32_t t) {
        return t >= d.first.value && t < d.first.value + delays.back();
      });
      if (hit == raised.end()) continue;
      int const delay = *hit - d.first.value;
      found_after.push_back(delay);
      for (size_t k = 0; k < delays.size(); ++k) p.found[k] += delay < delays[k];
    }
  }
  finish(p, quiet_periods, found_after, o);
  return p;
}

// The lowest threshold on a grid of kThresholdSteps steps at which, and above which, the
// false-alarm rate is at most o.false_alarms_a_year. If every threshold gives more, the highest.
double tune(const ScoresBySeries& scores, bool accumulate, const WindowsOf& windows, Span part,
            const BacktestOptions& o) {
  double const highest = accumulate ? 40 : 8;
  double threshold = highest;
  for (int step = kThresholdSteps; step > 0; --step) {
    double const candidate = highest * step / kThresholdSteps;
    Performance const p =
        perform(scores, {accumulate, candidate, o.clear_periods}, windows, part, o);
    if (p.false_alarms_a_year > o.false_alarms_a_year) break;
    threshold = candidate;
  }
  return threshold;
}

using ClosedPeriods = std::span<const detection::PeriodRange>;

// A series of a measure, and the daemon's verdict on each of its periods.
struct Judged {
  detection::CountSeries counts;
  Scores score;    // of each period alone
  Scores verdict;  // kHit, kOrdinary, or between them
};
// Values of a verdict: with the threshold kHit, alarms() opens and ends alarms as the daemon does.
constexpr double kHit = 1;
constexpr double kNotOver = 0.75;  // no hit, and not quiet
constexpr double kOrdinary = 0;
using JudgedBySeries = std::map<std::string, Judged>;

void calibrate(const detection::Assessment& a, PeriodIndex t, const Windows& windows,
               const BacktestOptions& o, Calibration& calibration) {
  if (t < o.tune_until || windows.at(t.value) != Ground::kQuiet) return;
  auto const band =
      static_cast<size_t>(std::ranges::upper_bound(Calibration::kBandEnds, a.expected) -
                          Calibration::kBandEnds.begin());
  Calibration::Band& c = calibration.bands[band];
  ++c.periods;
  for (size_t k = 0; k < Calibration::kNominal.size(); ++k)
    c.below[k] += a.p < Calibration::kNominal[k];
}

TickJudge judge_of(const BacktestMeasure& measure, ClosedPeriods closed, const BacktestOptions& o) {
  TickJudgeOptions options{.calendar = o.calendar,
                           .harm = measure.harm,
                           .detector = detection::DetectorOptions::for_calendar(o.calendar),
                           .rate = {o.false_alarms_a_year},
                           .business_calendar = o.business_calendar,
                           .total = {}};
  options.detector.cold_start.reset();
  std::vector<detection::CountSeries> series;
  for (const auto& [name, s] : measure.series) {
    if (name == o.total) options.total = series.size();
    series.push_back({o.calendar, s.first, s.counts, s.gaps, closed, {}});
  }
  TickJudge judge(std::move(series), std::move(options));
  for (size_t i = 0; i < measure.series.size(); ++i) judge.exclude(i, o.regime_breaks);
  return judge;
}

// The scores and verdicts of all series and periods. The results refer to `judge`.
JudgedBySeries judge_all(const BacktestMeasure& measure, TickJudge& judge, const Windows& windows,
                         const BacktestOptions& o, Calibration& calibration) {
  JudgedBySeries all;
  std::vector<Judged*> in_order;
  for (const auto& [name, series] : measure.series) {
    Judged& j = all[name];
    j.score = {series.first, std::vector<double>(series.counts.size(), detection::kNotScored)};
    j.verdict = j.score;
    in_order.push_back(&j);
  }
  size_t const total =
      static_cast<size_t>(std::distance(measure.series.begin(), measure.series.find(o.total)));
  for (int32_t t = judge.first().value; t <= judge.last().value; ++t) {
    std::span<const TickJudge::Result> const results = judge.judge(PeriodIndex(t));
    for (size_t i = 0; i < results.size(); ++i) {
      const TickJudge::Result& r = results[i];
      if (r.assessment.why != detection::NotAssessed::kNone) continue;
      in_order[i]->score.set(PeriodIndex(t), r.assessment.z);
      if (i != total) calibrate(r.assessment, PeriodIndex(t), windows, o, calibration);
      if (!r.tested) continue;
      in_order[i]->verdict.set(PeriodIndex(t), r.judged.hit != detection::HitBy::kNothing ? kHit
                                               : r.judged.quiet() ? kOrdinary
                                                                  : kNotOver);
    }
  }
  // With what the calendar does, as estimated last.
  for (size_t i = 0; i < in_order.size(); ++i) in_order[i]->counts = judge.series(i);
  return all;
}

ScoresBySeries scores_of(const JudgedBySeries& all, Scores Judged::*which) {
  ScoresBySeries out;
  for (const auto& [name, j] : all) out.emplace(name, j.*which);
  return out;
}

Scores ears_scores(const BacktestMeasure::Series& counts, detection::Harm harm,
                   ClosedPeriods closed, const BacktestOptions& o) {
  detection::CountSeries const series{o.calendar,  counts.first, counts.counts,
                                      counts.gaps, closed,       {}};
  Scores out{counts.first, {}};
  for (size_t i = 0; i < counts.counts.size(); ++i) {
    PeriodIndex const t(counts.first.value + static_cast<int32_t>(i));
    EarsAssessment const a = assess_ears(series, t, {EarsMethod::kC2});
    bool const scored = a.why == detection::NotAssessed::kNone && !is_gap(series, t.value) &&
                        !is_closed(series, t.value);
    double const upward = scored ? a.score : kNotScored;
    out.z.push_back(harm == detection::Harm::kHigh ? upward : -upward);
  }
  return out;
}

// The composite of the rules (detection/composite.h). The correlation R at a period uses the scores
// of earlier periods that a detector would have had then, without the latest ones. The measures of
// a series may begin at different periods.
ScoresBySeries composite_scores(const std::vector<ScoresBySeries>& measures,
                                const BacktestOptions& o) {
  detection::DetectorOptions options;
  options.farrington = detection::FarringtonOptions::for_calendar(o.calendar);
  std::vector<double> const weights(measures.size(), 1);
  ScoresBySeries out;
  for (const auto& [name, own] : measures.front()) {
    Scores s{own.first, {}};
    std::vector<double> z(measures.size());
    auto const at = [&, &name = name](int32_t t) {
      for (size_t m = 0; m < measures.size(); ++m) {
        auto const found = measures[m].find(name);
        z[m] = found == measures[m].end() ? kNotScored : found->second.at(t);
      }
      return std::span<const double>(z);
    };
    for (int32_t t = own.first.value; t < own.end().value; ++t) {
      detection::ScoreCorrelation correlation;
      for (int32_t then = options.path_begin(t); then < options.settled_end(t); ++then)
        correlation.add(at(then));
      s.z.push_back(detection::composite_score(at(t), weights, correlation).value_or(kNotScored));
    }
    out.emplace(name, std::move(s));
  }
  return out;
}

// Counts alarms in the quiet periods of the test part. A CUSUM restarts at zero after each alarm.
int64_t alarms_at(const Scores& s, bool accumulate, double threshold, const Windows& windows,
                  const BacktestOptions& o) {
  detection::CusumOptions options;
  options.threshold_h = threshold;
  detection::Cusum cusum(options);
  int64_t alarms = 0;
  for (int32_t t = s.first.value; t < s.end().value; ++t) {
    double const z = s.at(t);
    if (std::isnan(z)) continue;
    bool alarm = z > threshold;
    if (accumulate) {
      cusum.add(PeriodIndex(t), z);
      alarm = cusum.value() >= threshold;
      if (alarm) cusum = detection::Cusum(options);
    }
    alarms += alarm && t >= o.tune_until.value && windows.at(t) == Ground::kQuiet;
  }
  return alarms;
}

StatedRates stated_rates(DetectorKind kind, const std::string& measure,
                         const ScoresBySeries& scores, bool accumulate, const Windows& windows,
                         const BacktestOptions& o) {
  StatedRates r{kind, measure, 0, {}};
  for (const auto& [name, s] : scores) {
    if (name == o.total) continue;
    for (int32_t t = std::max(o.tune_until, s.first).value; t < s.end().value; ++t) {
      r.periods += !std::isnan(s.at(t)) && windows.at(t) == Ground::kQuiet;
    }
  }
  for (size_t k = 0; k < r.alarms.size(); ++k) {
    double const rate = Calibration::kNominal[k];
    double const threshold = accumulate
                                 ? cusum_threshold(detection::CusumOptions().reference, 1 / rate)
                                 : -stats::normal_quantile(rate);
    for (const auto& [name, s] : scores) {
      if (name != o.total) r.alarms[k] += alarms_at(s, accumulate, threshold, windows, o);
    }
  }
  return r;
}

}  // namespace

BacktestOptions BacktestOptions::for_calendar(base::Calendar calendar) {
  BacktestOptions o;
  o.calendar = calendar;
  bool const weeks = calendar.unit() == base::CalendarUnit::kWeek;
  o.lead_periods = lead_of(calendar);
  o.rule_clear_periods = weeks ? 4 : 2;
  o.false_alarms_a_year = weeks ? detection::kFalseAlarmsWeekly : detection::kFalseAlarmsMonthly;
  return o;
}

CountRange chance_range(int64_t periods, double p) {
  // P(X ≤ k) = I_{1−p}(n − k, k + 1): DLMF 8.17.5.
  auto const at_least = [&](double level) {
    int64_t low = 0;
    int64_t high = periods;
    while (low < high) {
      int64_t const k = low + (high - low) / 2;
      double const below = stats::incomplete_beta(static_cast<double>(periods - k),
                                                  static_cast<double>(k) + 1, 1 - p);
      if (below >= level) {
        high = k;
      } else {
        low = k + 1;
      }
    }
    return low;
  };
  return {at_least((1 - kChanceLevel) / 2), at_least((1 + kChanceLevel) / 2)};
}

namespace {

// The downturns that hold for each series: the official ones, and its own falls.
class AllWindows {
 public:
  AllWindows(const JudgedBySeries& judged, detection::Harm harm,
             const std::vector<Downturn>& downturns, const BacktestOptions& o) {
    for (const auto& [name, j] : judged) {
      std::vector<PeriodIndex> const falls = evident_falls(j.counts, harm);
      official_.emplace(name, Windows(downturns, falls, o.calendar, o.lead_periods));
      evident_.emplace(name, Windows(falls, o.calendar, o.lead_periods));
    }
  }
  WindowsOf official() const { return of(official_); }
  WindowsOf evident() const { return of(evident_); }

 private:
  static WindowsOf of(const std::map<std::string, Windows>& windows) {
    return [&windows](const std::string& name) -> const Windows& { return windows.at(name); };
  }
  std::map<std::string, Windows> official_;
  std::map<std::string, Windows> evident_;
};

DetectorResult result_of(DetectorKind kind, const std::string& measure,
                         const ScoresBySeries& scores, const AllWindows& windows,
                         const BacktestOptions& o) {
  Span const tuning{PeriodIndex(INT32_MIN), o.tune_until};
  Span const testing{o.tune_until, PeriodIndex(INT32_MAX)};
  DetectorResult r{kind, measure, 0, {}, {}, {}, {}};
  Alarms how{kind == DetectorKind::kCusum || kind == DetectorKind::kComposite, kHit,
             o.clear_periods};
  if (kind == DetectorKind::kRule) {
    how.clear_periods = o.rule_clear_periods;
  } else {
    how.threshold = tune(scores, how.accumulate, windows.official(), tuning, o);
  }
  r.threshold = how.threshold;
  r.tuned = perform(scores, how, windows.official(), tuning, o);
  r.tested = perform(scores, how, windows.official(), testing, o);
  r.tuned_evident = perform(scores, how, windows.evident(), tuning, o);
  r.tested_evident = perform(scores, how, windows.evident(), testing, o);
  return r;
}

}  // namespace

BacktestResult backtest(const std::vector<BacktestMeasure>& measures,
                        const std::vector<Downturn>& downturns, const BacktestOptions& o) {
  Windows const windows(downturns, {}, o.calendar, o.lead_periods);
  BacktestResult out;
  auto const closed = detection::closed_periods(o.business_calendar, o.calendar);
  std::vector<ScoresBySeries> all;
  std::optional<AllWindows> first;
  for (const BacktestMeasure& m : measures) {
    TickJudge judge = judge_of(m, closed, o);
    JudgedBySeries const judged = judge_all(m, judge, windows, o, out.calibration[m.name]);
    AllWindows const seen(judged, m.harm, downturns, o);
    if (!first) first = seen;
    ScoresBySeries scores = scores_of(judged, &Judged::score);
    ScoresBySeries ears;
    for (const auto& [name, series] : m.series)
      ears.emplace(name, ears_scores(series, m.harm, closed, o));
    auto const add = [&](DetectorKind kind, const ScoresBySeries& of, bool stated) {
      out.detectors.push_back(result_of(kind, m.name, of, seen, o));
      bool const sum = kind == DetectorKind::kCusum;
      if (stated) out.rates.push_back(stated_rates(kind, m.name, of, sum, windows, o));
    };
    add(DetectorKind::kRule, scores_of(judged, &Judged::verdict), false);
    add(DetectorKind::kPeriod, scores, true);
    add(DetectorKind::kCusum, scores, true);
    add(DetectorKind::kEars, ears, true);
    all.push_back(std::move(scores));
  }
  if (all.size() < 2) return out;
  ScoresBySeries const together = composite_scores(all, o);
  out.detectors.push_back(result_of(DetectorKind::kComposite, "", together, *first, o));
  out.rates.push_back(stated_rates(DetectorKind::kComposite, "", together, true, windows, o));
  return out;
}

}  // namespace bellwether::analysis
