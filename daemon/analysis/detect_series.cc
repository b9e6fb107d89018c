#include "analysis/detect_series.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "analysis/cusum_threshold.h"
#include "analysis/poisson_cusum.h"
#include "core/detection/closed_periods.h"
#include "core/detection/detector.h"
#include "core/detection/series.h"
#include "core/stats/counts.h"
#include "core/stats/normal.h"

namespace bellwether::analysis {
namespace {

using base::PeriodIndex;
using detection::Baseline;
using detection::Compatibility;
using detection::NotAssessed;
using detection::PeriodRange;

// A series in the form that the detectors take: counts from the first period with a value to the
// last, the gaps between, and the closed periods.
struct Observed {
  PeriodIndex first;
  std::vector<int32_t> counts;
  std::vector<PeriodRange> gaps;    // in order
  std::vector<PeriodRange> closed;  // in order

  detection::CountSeries view(base::Calendar calendar) const {
    return {calendar, first, counts, gaps, closed};
  }
};

// `points` begin and end with a value.
Observed observe(std::span<const SeriesPoint> points, const DetectOptions& options) {
  Observed o{points.front().period, {}, {}, {}};
  if (!options.business_calendar.empty())
    o.closed = detection::closed_periods(options.business_calendar, options.scale.calendar());
  for (const SeriesPoint& p : points) {
    o.counts.push_back(static_cast<int32_t>(p.value.value_or(0)));
    if (p.value) continue;
    if (!o.gaps.empty() && o.gaps.back().last.value + 1 == p.period.value) {
      o.gaps.back().last = p.period;
    } else {
      o.gaps.push_back({p.period, p.period});
    }
  }
  return o;
}

bool alarms_low(HarmSides harm) {
  return harm != HarmSides::kHigh;
}
bool alarms_high(HarmSides harm) {
  return harm != HarmSides::kLow;
}

// The CUSUM of a side that may harm.
struct Side {
  double cusum = 0;
  PeriodIndex onset;
  double threshold_h = 0;
  bool on = false;
  double share() const { return on ? cusum / threshold_h : 0; }
};

// Sets the CUSUM of the side that is nearer to its threshold. Returns whether that side has reached
// its threshold.
bool set_change_point(const Side& up, const Side& down, DetectRow& row) {
  const Side& side = down.share() > up.share() || !up.on ? down : up;
  row.cusum = side.cusum;
  if (side.cusum > 0) row.onset = side.onset;
  return side.cusum >= side.threshold_h;
}

// The tail level on the unscaled score that matches `alpha` on the score divided by `scale`. Not
// below 1e-12, so that its quantile can be computed.
double scaled_alpha(double alpha, double scale) {
  constexpr double kSmallest = 1e-12;
  if (scale == 1) return alpha;
  return std::max(kSmallest, stats::normal_cdf(scale * stats::normal_quantile(alpha)));
}

// R takes bounds and tails from the estimated distribution itself. Its tails include the observed
// value.
double judge_tails_as_r(const Baseline& b, const DetectOptions& o, DetectRow& row) {
  stats::CountDistribution const plug_in{b.expected, b.dispersion};
  stats::Tails const t = stats::tails(plug_in, static_cast<int64_t>(*row.observed));
  row.lower = static_cast<double>(stats::quantile(plug_in, o.alpha));
  row.upper = static_cast<double>(stats::quantile(plug_in, 1 - o.alpha));
  row.p_low = std::min(1.0, t.below + t.at);
  row.p_high = std::min(1.0, t.above + t.at);
  double const upward = t.low_mid() < t.high_mid() ? stats::normal_quantile(t.low_mid())
                                                   : -stats::normal_quantile(t.high_mid());
  return std::clamp(upward, -detection::kZMax, detection::kZMax);
}

// Sets everything in the row except the change point.
void judge_tails(const detection::Assessment& a, const DetectOptions& o, DetectRow& row) {
  const Baseline& b = a.baseline;
  row.state = DetectState::kNormal;
  row.expected = b.expected;
  row.dispersion = b.dispersion;
  double upward = a.z;
  bool low = false;
  bool high = false;
  if (o.farrington.compatibility == Compatibility::kRSurveillance) {
    upward = judge_tails_as_r(b, o, row);
    low = *row.observed < *row.lower;
    high = *row.observed > *row.upper;
  } else {
    detection::Interval const i =
        detection::predictive_interval(b, 1 - 2 * scaled_alpha(o.alpha, a.scale));
    row.lower = i.lower;
    row.upper = i.upper;
    row.p_low = a.p_other;
    row.p_high = a.p;
    if (a.scale == 1) {
      // Takes the tails themselves, because the score is limited to ±kZMax and Φ of it has lost
      // digits.
      detection::Score const s = detection::score(b, a.observed, detection::Harm::kHigh);
      row.p_low = s.p_low;
      row.p_high = s.p_high;
    }
    low = *row.p_low < o.alpha;
    high = *row.p_high < o.alpha;
  }
  row.score = o.harm == HarmSides::kLow ? -upward : upward;
  bool const alarm = (low && alarms_low(o.harm)) || (high && alarms_high(o.harm));
  if (alarm && o.method == DetectMethod::kFarrington) row.state = DetectState::kAmber;
}

// Rows with the periods, values and missing reasons of `points`; nothing is judged yet.
std::vector<DetectRow> bare_rows(std::span<const SeriesPoint> points) {
  std::vector<DetectRow> rows;
  for (const SeriesPoint& p : points)
    rows.push_back({.period = p.period, .why = p.missing, .observed = p.value});
  return rows;
}

void set_not_assessed(DetectRow& row, NotAssessed why) {
  row.why = std::string(name(why));
}

// The daemon's verdict on a period, in both directions.
struct BothSides {
  detection::Assessment up;
  double down_cusum = 0;
  PeriodIndex down_onset;
};

// Without own_scale a series has one CUSUM from its first period on.
detection::DetectorOptions detector_options(const DetectOptions& o, size_t periods) {
  detection::DetectorOptions out;
  out.farrington = o.farrington;
  out.cold_start = o.cold_start;
  out.own_scale = o.own_scale;
  if (!o.own_scale) out.path_periods_max = static_cast<int>(periods);
  if (o.method == DetectMethod::kPoissonCusum) return out;  // this method has its own CUSUM
  out.cusum.threshold_h = o.threshold_h
                              ? *o.threshold_h
                              : cusum_threshold(out.cusum.reference, o.in_control_run_length);
  return out;
}

// The verdicts of the assessed rows, at the same indices as `rows`. Sets `why` in the other rows.
std::vector<std::optional<BothSides>> judge(const Observed& observed, const DetectOptions& o,
                                            const detection::DetectorOptions& options,
                                            std::span<DetectRow> rows) {
  detection::CountSeries const series = observed.view(o.scale.calendar());
  detection::Workspace workspace;
  detection::ScoredSeries scored;
  std::vector<std::optional<BothSides>> judged(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].observed) continue;
    BothSides j{scored.assess(series, rows[i].period, detection::Harm::kHigh, options, workspace)};
    if (j.up.why != NotAssessed::kNone) {
      set_not_assessed(rows[i], j.up.why);
      continue;
    }
    detection::Cusum const down = scored.other_side(options.cusum);
    j.down_cusum = down.value();
    j.down_onset = down.onset();
    judged[i] = std::move(j);
  }
  return judged;
}

void follow_scores(const DetectOptions& o, const Observed& observed, std::span<DetectRow> rows) {
  detection::DetectorOptions const options = detector_options(o, rows.size());
  bool const tails_alone = o.farrington.compatibility == Compatibility::kRSurveillance;
  double const h = options.cusum.threshold_h;
  auto const judged = judge(observed, o, options, rows);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!judged[i]) continue;
    judge_tails(judged[i]->up, o, rows[i]);
    if (tails_alone) continue;
    Side const up{judged[i]->up.cusum, judged[i]->up.onset, h, alarms_high(o.harm)};
    Side const down{judged[i]->down_cusum, judged[i]->down_onset, h, alarms_low(o.harm)};
    if (set_change_point(up, down, rows[i])) rows[i].state = DetectState::kRed;
  }
}

void follow_counts(const DetectOptions& o, const Observed& observed, std::span<DetectRow> rows) {
  auto const judged = judge(observed, o, detector_options(o, rows.size()), rows);
  double sum = 0;
  int assessed = 0;
  for (const auto& j : judged) {
    if (!j || j->up.young()) continue;
    sum += j->up.expected;
    ++assessed;
  }
  auto const threshold = [&](double ratio, bool on) {
    if (o.threshold_h) return *o.threshold_h;
    return on && assessed > 0
               ? poisson_cusum_threshold(sum / assessed, ratio, o.in_control_run_length)
               : 0;
  };
  Side up{0, {}, threshold(o.rate_ratio, alarms_high(o.harm)), alarms_high(o.harm)};
  Side down{0, {}, threshold(1 / o.rate_ratio, alarms_low(o.harm)), alarms_low(o.harm)};
  PoissonCusum rise(o.rate_ratio);
  PoissonCusum fall(1 / o.rate_ratio);
  auto const add = [](PoissonCusum& cusum, const DetectRow& row, double expected, Side& side) {
    cusum.add(row.period, *row.observed, expected);
    side.cusum = cusum.value();
    side.onset = cusum.onset();
  };
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!judged[i]) continue;
    judge_tails(judged[i]->up, o, rows[i]);
    if (judged[i]->up.young()) continue;
    add(rise, rows[i], judged[i]->up.expected, up);
    add(fall, rows[i], judged[i]->up.expected, down);
    if (set_change_point(up, down, rows[i])) rows[i].state = DetectState::kRed;
  }
}

// The EARS baseline is the latest periods that have a value. Closed periods and periods without a
// value are removed and the rest move together.
void judge_ears(const Observed& observed, const DetectOptions& o, std::span<DetectRow> rows) {
  detection::CountSeries const given = observed.view(o.scale.calendar());
  std::vector<int32_t> counts;
  for (const DetectRow& row : rows) {
    if (row.observed && !is_closed(given, row.period.value))
      counts.push_back(
          observed.counts[static_cast<size_t>(row.period.value - observed.first.value)]);
  }
  detection::CountSeries const series{o.scale.calendar(), PeriodIndex(0), counts};
  int32_t t = 0;
  for (DetectRow& row : rows) {
    if (!row.observed) continue;
    if (is_closed(given, row.period.value)) {
      set_not_assessed(row, NotAssessed::kClosed);
      continue;
    }
    EarsAssessment const a = assess_ears(series, PeriodIndex(t++), o.ears);
    if (a.why != NotAssessed::kNone) {
      set_not_assessed(row, a.why);
      continue;
    }
    row.state = *row.observed > a.upper ? DetectState::kAmber : DetectState::kNormal;
    row.expected = a.mean;
    if (a.mean > 0) row.dispersion = a.deviation * a.deviation / a.mean;
    row.upper = a.upper;
    row.score = a.score;
    if (o.ears.method == EarsMethod::kC3) continue;  // the score of C3 is not a normal deviate
    row.p_low = stats::normal_cdf(a.score);
    row.p_high = stats::normal_cdf(-a.score);
  }
}

}  // namespace

std::string_view name(DetectState state) {
  switch (state) {
    case DetectState::kNormal:
      return "normal";
    case DetectState::kAmber:
      return "amber";
    case DetectState::kRed:
      return "red";
    case DetectState::kNotAssessed:
      return "not assessed";
  }
  return "";
}

std::vector<DetectRow> detect_series(const Series& series, const DetectOptions& o) {
  std::vector<DetectRow> rows = bare_rows(series.points);
  auto const has_value = [](const SeriesPoint& p) { return p.value.has_value(); };
  auto const first = std::ranges::find_if(series.points, has_value);
  if (first == series.points.end()) return rows;
  auto const last = std::find_if(series.points.rbegin(), series.points.rend(), has_value).base();
  std::span<DetectRow> const within(rows.begin() + (first - series.points.begin()),
                                    static_cast<size_t>(last - first));
  Observed const observed = observe({first, last}, o);
  if (o.method == DetectMethod::kEars) {
    judge_ears(observed, o, within);
    return rows;
  }
  if (o.method == DetectMethod::kPoissonCusum) {
    follow_counts(o, observed, within);
  } else {
    follow_scores(o, observed, within);
  }
  return rows;
}

}  // namespace bellwether::analysis
