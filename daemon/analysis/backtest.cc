#include "analysis/backtest.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "analysis/cusum_threshold.h"
#include "analysis/ears.h"
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
// Expected count in four weeks or a month. A rule leaves out a series that expects less, unless the
// rule sets its own minimum.
constexpr double kExpectedMin = 5;

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

enum class Ground : uint8_t { kQuiet, kEarly, kDownturn };

// Downturns in periods of the calendar.
class Windows {
 public:
  Windows(const std::vector<Downturn>& downturns, const BacktestOptions& o) : o_(o) {
    base::Calendar const months(base::CalendarUnit::kMonth);
    for (const Downturn& d : downturns) {
      base::Days const last(months.first_day(PeriodIndex(d.end + 1)).value - 1);
      windows_.push_back({o.calendar.period_of(months.first_day(PeriodIndex(d.start))),
                          o.calendar.period_of(last)});
    }
  }
  Ground at(int32_t period) const {
    Ground g = Ground::kQuiet;
    for (const detection::PeriodRange& d : windows_) {
      if (d.first.value <= period && period <= d.last.value) return Ground::kDownturn;
      if (d.first.value - o_.lead_periods <= period && period < d.first.value) g = Ground::kEarly;
    }
    return g;
  }
  const std::vector<detection::PeriodRange>& all() const { return windows_; }

 private:
  std::vector<detection::PeriodRange> windows_;
  const BacktestOptions& o_;
};

// The periods at which an alarm begins. The statistic is z itself or, with `accumulate`, the CUSUM
// of z.
std::vector<int32_t> alarms(const Scores& s, bool accumulate, double threshold, int clear_periods) {
  detection::Cusum cusum({.reference = 0.5, .clip = 3, .threshold_h = threshold});
  std::vector<int32_t> out;
  bool on = false;
  int quiet = 0;
  for (int32_t t = s.first.value; t < s.end().value; ++t) {
    double const z = s.at(t);
    if (std::isnan(z)) continue;
    if (accumulate) cusum.add(PeriodIndex(t), z);
    double const statistic = accumulate ? cusum.value() : z;
    if (statistic >= threshold) {
      if (!on) out.push_back(t);
      on = true;
      quiet = 0;
    } else if (on && statistic < threshold / 2) {
      on = ++quiet < clear_periods;
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

Performance perform(const ScoresBySeries& scores, bool accumulate, double threshold,
                    const Windows& windows, Span part, const BacktestOptions& o) {
  Performance p;
  int64_t quiet_periods = 0;
  std::array<int, 4> const delays = reported_delays(o.calendar);
  std::vector<int> found_after;
  for (const auto& [name, s] : scores) {
    std::vector<int32_t> const raised = alarms(s, accumulate, threshold, o.clear_periods);
    for (int32_t t = std::max(part.begin, s.first).value; t < std::min(part.end, s.end()).value;
         ++t) {
      quiet_periods += !std::isnan(s.at(t)) && windows.at(t) == Ground::kQuiet;
    }
    p.false_alarms += static_cast<int>(std::ranges::count_if(raised, [&](int32_t t) {
      return t >= part.begin.value && t < part.end.value && windows.at(t) == Ground::kQuiet;
    }));
    for (const detection::PeriodRange& d : windows.all()) {
      if (d.first < part.begin || d.first >= part.end || std::isnan(s.at(d.first.value))) continue;
      ++p.downturns;
      auto const hit = std::ranges::find_if(raised, [&](int32_t t) {
        return t >= d.first.value - o.lead_periods && t < d.first.value + delays.back();
      });
      if (hit == raised.end()) continue;
      int const delay = std::max(0, *hit - d.first.value);
      found_after.push_back(delay);
      for (size_t k = 0; k < delays.size(); ++k) p.found[k] += delay < delays[k];
    }
  }
  p.series_years = static_cast<double>(quiet_periods) / o.calendar.periods_per_year();
  p.false_alarms_a_year = p.series_years > 0 ? p.false_alarms / p.series_years : 0;
  for (size_t k = 0; k < delays.size(); ++k) {
    double const years =
        static_cast<double>(delays[k] + o.lead_periods) / o.calendar.periods_per_year();
    p.chance[k] = 1 - std::exp(-p.false_alarms_a_year * years);
  }
  p.median_delay = median(found_after, p.downturns - static_cast<int>(found_after.size()));
  return p;
}

// The lowest threshold on a grid of kThresholdSteps steps at which, and above which, the
// false-alarm rate is at most o.false_alarms_a_year. If every threshold gives more, the highest.
double tune(const ScoresBySeries& scores, bool accumulate, const Windows& windows, Span part,
            const BacktestOptions& o) {
  double const highest = accumulate ? 40 : 8;
  double threshold = highest;
  for (int step = kThresholdSteps; step > 0; --step) {
    double const candidate = highest * step / kThresholdSteps;
    Performance const p = perform(scores, accumulate, candidate, windows, part, o);
    if (p.false_alarms_a_year > o.false_alarms_a_year) break;
    threshold = candidate;
  }
  return threshold;
}

using ClosedPeriods = std::span<const detection::PeriodRange>;

// A series of a measure, and the daemon's verdict on each of its periods.
struct Judged {
  detection::CountSeries counts;
  detection::ScoredSeries scored;
  Scores score;         // of each period alone
  Scores recalibrated;  // the deviate of its p, recalibrated on all series of the measure
  Scores adjusted;      // the deviate of that p, adjusted for the number of series
};
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

// Judges period after period, like the daemon's ticks: first each series alone, then all series
// with a large enough expectation together.
class MeasureJudge {
 public:
  // `closed` must outlive the results of run().
  MeasureJudge(const BacktestMeasure& measure, ClosedPeriods closed, const BacktestOptions& o)
      : harm_(measure.harm) {
    options_.farrington = detection::FarringtonOptions::for_calendar(o.calendar);
    for (const auto& [name, series] : measure.series) {
      Judged& j = all_[name];
      j.counts = {o.calendar, series.first, series.counts, series.gaps, closed};
      j.scored.exclude(o.regime_breaks);
      Scores const none{series.first, std::vector<double>(series.counts.size(), kNotScored)};
      j.score = j.recalibrated = j.adjusted = none;
    }
  }

  JudgedBySeries run(const Windows& windows, const BacktestOptions& o, Calibration& calibration) {
    int32_t begin = INT32_MAX;
    int32_t end = INT32_MIN;
    for (const auto& [name, j] : all_) {
      begin = std::min(begin, j.score.first.value);
      end = std::max(end, j.score.end().value);
    }
    for (int32_t t = begin; t < end; ++t) judge_at(PeriodIndex(t), windows, o, calibration);
    return std::move(all_);
  }

 private:
  void judge_at(PeriodIndex t, const Windows& windows, const BacktestOptions& o,
                Calibration& calibration) {
    double const four_weeks = o.calendar.periods_in_four_weeks();
    assessed_.clear();
    assessed_.reserve(all_.size());
    std::vector<Judged*> tested;
    std::vector<detection::Judged> together;
    for (auto& [name, j] : all_) {
      if (t < j.score.first || t >= j.score.end()) continue;
      detection::Assessment const a = j.scored.assess(j.counts, t, harm_, options_, workspace_);
      if (a.why != detection::NotAssessed::kNone) continue;
      j.score.set(t, a.z);
      calibrate(a, t, windows, o, calibration);
      if (a.expected * four_weeks < kExpectedMin) continue;
      assessed_.push_back(a);
      tested.push_back(&j);
      together.push_back({&assessed_.back(), j.scored.settled_tail()});
    }
    detection::judge_together(together, recalibration_);
    auto const deviate = [](double p) {
      return std::min(detection::kZMax, -stats::normal_quantile(p));
    };
    for (size_t k = 0; k < tested.size(); ++k) {
      tested[k]->recalibrated.set(t, deviate(together[k].p));
      tested[k]->adjusted.set(t, std::max(-detection::kZMax, deviate(together[k].p_adjusted)));
    }
  }

  detection::Harm harm_;
  detection::DetectorOptions options_;
  detection::Workspace workspace_;
  detection::Recalibration recalibration_;
  std::vector<detection::Assessment> assessed_;
  JudgedBySeries all_;
};

ScoresBySeries scores_of(const JudgedBySeries& all, Scores Judged::*which) {
  ScoresBySeries out;
  for (const auto& [name, j] : all) out.emplace(name, j.*which);
  return out;
}

Scores ears_scores(const BacktestMeasure::Series& counts, detection::Harm harm,
                   ClosedPeriods closed, const BacktestOptions& o) {
  detection::CountSeries const series{o.calendar, counts.first, counts.counts, counts.gaps, closed};
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
    for (int32_t t = std::max(o.tune_until, s.first).value; t < s.end().value; ++t) {
      r.periods += !std::isnan(s.at(t)) && windows.at(t) == Ground::kQuiet;
    }
  }
  for (size_t k = 0; k < r.alarms.size(); ++k) {
    double const rate = Calibration::kNominal[k];
    double const threshold = accumulate
                                 ? cusum_threshold(detection::CusumOptions().reference, 1 / rate)
                                 : -stats::normal_quantile(rate);
    for (const auto& [name, s] : scores)
      r.alarms[k] += alarms_at(s, accumulate, threshold, windows, o);
  }
  return r;
}

}  // namespace

BacktestOptions BacktestOptions::for_calendar(base::Calendar calendar) {
  BacktestOptions o;
  o.calendar = calendar;
  o.lead_periods = calendar.unit() == base::CalendarUnit::kWeek ? 26 : 6;
  return o;
}

std::array<int, 4> reported_delays(base::Calendar calendar) {
  if (calendar.unit() == base::CalendarUnit::kWeek) return {4, 8, 13, 26};
  return {1, 2, 4, 6};
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

BacktestResult backtest(const std::vector<BacktestMeasure>& measures,
                        const std::vector<Downturn>& downturns, const BacktestOptions& o) {
  Windows const windows(downturns, o);
  Span const tuning{PeriodIndex(INT32_MIN), o.tune_until};
  Span const testing{o.tune_until, PeriodIndex(INT32_MAX)};
  BacktestResult out;
  auto const judge = [&](DetectorKind kind, const std::string& measure,
                         const ScoresBySeries& scores) {
    bool const accumulate = kind == DetectorKind::kCusum || kind == DetectorKind::kComposite;
    DetectorResult r{kind, measure, 0, {}, {}};
    r.threshold = tune(scores, accumulate, windows, tuning, o);
    r.tuned = perform(scores, accumulate, r.threshold, windows, tuning, o);
    r.tested = perform(scores, accumulate, r.threshold, windows, testing, o);
    out.detectors.push_back(std::move(r));
    // An adjusted p states a false-discovery rate, not a false-alarm rate.
    if (kind != DetectorKind::kDiscovery)
      out.rates.push_back(stated_rates(kind, measure, scores, accumulate, windows, o));
  };
  auto const closed = detection::closed_periods(o.business_calendar, o.calendar);
  std::vector<ScoresBySeries> all;
  for (const BacktestMeasure& m : measures) {
    JudgedBySeries const judged =
        MeasureJudge(m, closed, o).run(windows, o, out.calibration[m.name]);
    ScoresBySeries scores = scores_of(judged, &Judged::score);
    ScoresBySeries ears;
    for (const auto& [name, series] : m.series)
      ears.emplace(name, ears_scores(series, m.harm, closed, o));
    judge(DetectorKind::kPeriod, m.name, scores);
    out.rates.push_back(stated_rates(DetectorKind::kRecalibrated, m.name,
                                     scores_of(judged, &Judged::recalibrated), false, windows, o));
    judge(DetectorKind::kDiscovery, m.name, scores_of(judged, &Judged::adjusted));
    judge(DetectorKind::kCusum, m.name, scores);
    judge(DetectorKind::kEars, m.name, ears);
    all.push_back(std::move(scores));
  }
  if (all.size() < 2) return out;
  judge(DetectorKind::kComposite, "", composite_scores(all, o));
  return out;
}

}  // namespace bellwether::analysis
