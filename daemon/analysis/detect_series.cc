#include "analysis/detect_series.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "analysis/cusum_threshold.h"
#include "analysis/detect_rows.h"
#include "analysis/poisson_cusum.h"
#include "core/detection/detector.h"
#include "core/detection/series.h"
#include "core/stats/counts.h"
#include "core/stats/normal.h"

namespace bellwether::analysis {
namespace {

using base::PeriodIndex;
using detection::Compatibility;
using detection::NotAssessed;

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

std::vector<DetectRow> detect_series(const Series& series, const DetectOptions& o) {
  std::vector<DetectRow> rows = bare_rows(series.points);
  std::span<DetectRow> const within = from_first_to_last_value(rows);
  if (within.empty()) return rows;
  Observed const observed = observe(within, o);
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
