#include "cli/backtest.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "detection/composite.h"
#include "detection/cusum.h"
#include "detection/detector.h"
#include "detection/ears.h"
#include "detection/normal.h"

namespace bellwether::cli {
namespace {

using base::PeriodIndex;

using detection::kNotScored;
constexpr int kThresholdSteps = 400;

// Scores of a series from `first` on; NaN where it is not assessed. Positive is harm.
struct Scores {
  PeriodIndex first;
  std::vector<double> z;
  PeriodIndex end() const { return PeriodIndex(first.value + static_cast<int32_t>(z.size())); }
  double at(int32_t period) const {
    int32_t const i = period - first.value;
    return i < 0 || i >= static_cast<int32_t>(z.size()) ? kNotScored : z[static_cast<size_t>(i)];
  }
};
using ScoresBySeries = std::map<std::string, Scores>;

struct Span {
  PeriodIndex begin;
  PeriodIndex end;  // not in it
};

enum class Ground : uint8_t { kQuiet, kEarly, kDownturn };

// Downturns in periods of the calendar.
class Windows {
 public:
  Windows(const std::vector<Downturn>& downturns, const BacktestOptions& o) : o_(o) {
    base::Calendar const months(base::CalendarUnit::kMonth);
    for (const Downturn& d : downturns) {
      base::Days const last(months.first_day(PeriodIndex(d.end + 1)).value - 1);
      windows_.push_back({o.calendar.period_of(months.first_day(PeriodIndex(d.start))), o.calendar.period_of(last)});
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

// The periods at which an alarm begins, for a statistic that is z itself or the CUSUM of z.
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

Performance perform(const ScoresBySeries& scores, bool accumulate, double threshold, const Windows& windows,
                    Span part, const BacktestOptions& o) {
  Performance p;
  int64_t quiet_periods = 0;
  std::array<int, 4> const delays = told_delays(o.calendar);
  std::vector<int> found_after;
  for (const auto& [name, s] : scores) {
    std::vector<int32_t> const raised = alarms(s, accumulate, threshold, o.clear_periods);
    for (int32_t t = std::max(part.begin, s.first).value; t < std::min(part.end, s.end()).value; ++t) {
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
    double const years = static_cast<double>(delays[k] + o.lead_periods) / o.calendar.periods_per_year();
    p.chance[k] = 1 - std::exp(-p.false_alarms_a_year * years);
  }
  p.median_delay = median(found_after, p.downturns - static_cast<int>(found_after.size()));
  return p;
}

// The lowest threshold of a fine scale from which on the false-alarm rate stays within what is asked.
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

bool is_gap(const BacktestMeasure::Series& series, PeriodIndex t) {
  return std::ranges::any_of(series.gaps, [t](const detection::PeriodRange& r) { return r.contains(t); });
}

// The scale that a detector would have used for the latest of `z` (detection/detector.h).
double scale_before(const std::vector<double>& z, int exclude_recent) {
  int const latest = static_cast<int>(z.size()) - 1;
  std::vector<double> path;
  int const path_begin = latest - detection::DetectorOptions().path_periods_max + 1;
  for (int i = std::max(0, path_begin); i < latest - exclude_recent; ++i) {
    if (!std::isnan(z[static_cast<size_t>(i)])) path.push_back(z[static_cast<size_t>(i)]);
  }
  return detection::score_scale(path);
}

Scores farrington_scores(const BacktestMeasure::Series& counts, const BacktestMeasure& m, const BacktestOptions& o,
                         const Windows& windows, Calibration& calibration) {
  detection::Workspace workspace;
  auto const farrington = detection::FarringtonOptions::for_calendar(o.calendar);
  detection::CountSeries const series{o.calendar, counts.first, counts.counts};
  std::vector<detection::PeriodRange> excluded = o.regime_breaks;
  excluded.insert(excluded.end(), counts.gaps.begin(), counts.gaps.end());
  Scores out{counts.first, {}};
  std::vector<double> unscaled;
  for (size_t i = 0; i < counts.counts.size(); ++i) {
    PeriodIndex const t(counts.first.value + static_cast<int32_t>(i));
    detection::Baseline const b = detection::fit(series, t, excluded, farrington, workspace);
    if (b.why != detection::NotAssessed::kNone || is_gap(counts, t)) {
      unscaled.push_back(kNotScored);
      out.z.push_back(kNotScored);
      continue;
    }
    unscaled.push_back(detection::score(b, counts.counts[i], m.harm).z);
    out.z.push_back(unscaled.back() / scale_before(unscaled, farrington.exclude_recent));
    if (t < o.tune_until || windows.at(t.value) != Ground::kQuiet) continue;
    auto const band = static_cast<size_t>(
        std::ranges::upper_bound(Calibration::kBandEnds, b.expected) - Calibration::kBandEnds.begin());
    Calibration::Band& c = calibration.bands[band];
    ++c.periods;
    double const p = detection::normal_cdf(-out.z.back());
    for (size_t k = 0; k < Calibration::kNominal.size(); ++k) c.below[k] += p < Calibration::kNominal[k];
  }
  return out;
}

Scores ears_scores(const BacktestMeasure::Series& counts, detection::Harm harm, const BacktestOptions& o) {
  detection::CountSeries const series{o.calendar, counts.first, counts.counts};
  Scores out{counts.first, {}};
  for (size_t i = 0; i < counts.counts.size(); ++i) {
    PeriodIndex const t(counts.first.value + static_cast<int32_t>(i));
    detection::EarsAssessment const a = detection::assess_ears(series, t, {detection::EarsMethod::kC2});
    bool const scored = a.why == detection::NotAssessed::kNone && !is_gap(counts, t);
    double const upward = scored ? a.score : kNotScored;
    out.z.push_back(harm == detection::Harm::kHigh ? upward : -upward);
  }
  return out;
}

// The composite of the rules (detection/composite.h): at each period R is of the scores that a detector would
// have had then, before the latest. Measures of one series need not begin together.
ScoresBySeries composite_scores(const std::vector<ScoresBySeries>& measures, const BacktestOptions& o) {
  int const exclude_recent = detection::FarringtonOptions::for_calendar(o.calendar).exclude_recent;
  int const path = detection::DetectorOptions().path_periods_max;
  std::vector<double> const weights(measures.size(), 1);
  ScoresBySeries out;
  for (const auto& [name, own] : measures.front()) {
    Scores s{own.first, {}};
    std::vector<double> z(measures.size());
    auto const at = [&](int32_t t) {
      for (size_t m = 0; m < measures.size(); ++m) {
        auto const found = measures[m].find(name);
        z[m] = found == measures[m].end() ? kNotScored : found->second.at(t);
      }
      return std::span<const double>(z);
    };
    for (int32_t t = own.first.value; t < own.end().value; ++t) {
      detection::ScoreCorrelation correlation;
      for (int32_t then = t - path + 1; then < t - exclude_recent; ++then) correlation.add(at(then));
      s.z.push_back(detection::composite_score(at(t), weights, correlation).value_or(kNotScored));
    }
    out.emplace(name, std::move(s));
  }
  return out;
}

}  // namespace

BacktestOptions BacktestOptions::for_calendar(base::Calendar calendar) {
  BacktestOptions o;
  o.calendar = calendar;
  o.lead_periods = calendar.unit() == base::CalendarUnit::kWeek ? 26 : 6;
  return o;
}

std::array<int, 4> told_delays(base::Calendar calendar) {
  if (calendar.unit() == base::CalendarUnit::kWeek) return {4, 8, 13, 26};
  return {1, 2, 4, 6};
}

BacktestResult backtest(const std::vector<BacktestMeasure>& measures, const std::vector<Downturn>& downturns,
                        const BacktestOptions& o) {
  Windows const windows(downturns, o);
  Span const tuning{PeriodIndex(INT32_MIN), o.tune_until};
  Span const testing{o.tune_until, PeriodIndex(INT32_MAX)};
  BacktestResult out;
  auto const judge = [&](DetectorKind kind, const std::string& measure, const ScoresBySeries& scores) {
    bool const accumulate = kind == DetectorKind::kCusum || kind == DetectorKind::kComposite;
    DetectorResult r{kind, measure, 0, {}, {}};
    r.threshold = tune(scores, accumulate, windows, tuning, o);
    r.tuned = perform(scores, accumulate, r.threshold, windows, tuning, o);
    r.tested = perform(scores, accumulate, r.threshold, windows, testing, o);
    out.detectors.push_back(std::move(r));
  };
  std::vector<ScoresBySeries> all;
  for (const BacktestMeasure& m : measures) {
    ScoresBySeries scores;
    ScoresBySeries ears;
    for (const auto& [name, series] : m.series) {
      scores.emplace(name, farrington_scores(series, m, o, windows, out.calibration[m.name]));
      ears.emplace(name, ears_scores(series, m.harm, o));
    }
    judge(DetectorKind::kPeriod, m.name, scores);
    judge(DetectorKind::kCusum, m.name, scores);
    judge(DetectorKind::kEars, m.name, ears);
    all.push_back(std::move(scores));
  }
  if (all.size() < 2) return out;
  judge(DetectorKind::kComposite, "", composite_scores(all, o));
  return out;
}

}  // namespace bellwether::cli
