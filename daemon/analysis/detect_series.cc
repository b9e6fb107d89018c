#include "analysis/detect_series.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "core/detection/composite.h"
#include "core/detection/count_distribution.h"
#include "core/detection/detector.h"
#include "core/detection/normal.h"
#include "core/detection/poisson_cusum.h"
#include "core/detection/series.h"

namespace bellwether::analysis {
namespace {

using base::PeriodIndex;
using detection::Baseline;
using detection::Compatibility;
using detection::NotAssessed;
using detection::PeriodRange;

// A series as the detectors want it: counts from the first period with a value to the last, and the
// periods between that have none.
struct Observed {
  PeriodIndex first;
  std::vector<int32_t> counts;
  std::vector<PeriodRange> gaps;  // in order

  detection::CountSeries view(base::Calendar calendar) const { return {calendar, first, counts}; }
  // The gaps that touch the periods from … to.
  std::span<const PeriodRange> gaps_between(int32_t from, int32_t to) const {
    auto const begin = std::ranges::lower_bound(gaps, PeriodIndex(from), {}, &PeriodRange::last);
    auto const end = std::ranges::upper_bound(gaps, PeriodIndex(to), {}, &PeriodRange::first);
    return begin < end ? std::span(begin, end) : std::span<const PeriodRange>();
  }
};

// `points` begin and end with a value.
Observed observe(std::span<const SeriesPoint> points) {
  Observed o{points.front().period, {}, {}};
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

// A CUSUM for each side that can harm, of whichever kind.
template <class Statistic>
class ChangePoint {
 public:
  struct Side {
    Statistic statistic;
    double threshold_h;
    bool on;
    double share() const { return on ? statistic.value() / threshold_h : 0; }
  };
  ChangePoint(Side up, Side down) : up_(std::move(up)), down_(std::move(down)) {}

  template <class Add>
  void add(Add add_to) {
    add_to(up_.statistic, true);
    add_to(down_.statistic, false);
  }
  // Returns whether a side is at its threshold.
  bool tell(DetectRow& row) const {
    const Side& side = down_.share() > up_.share() || !up_.on ? down_ : up_;
    row.cusum = side.statistic.value();
    if (*row.cusum > 0) row.onset = side.statistic.onset();
    return *row.cusum >= side.threshold_h;
  }

 private:
  Side up_;
  Side down_;
};

// The scores of a series so far, and what they say of the latest (detection/detector.h).
class Path {
 public:
  explicit Path(const DetectOptions& o) : o_(o) {}
  // Of the next period; kNotScored where it has none or the baseline is too young.
  void add(double upward) { upward_.push_back(upward); }
  // The first period that the latest's change point looks back at.
  size_t begin() const {
    auto const most = static_cast<size_t>(detection::DetectorOptions().path_periods_max);
    return upward_.size() > most ? upward_.size() - most : 0;
  }
  double scale() {
    if (!o_.own_scale) return 1;
    settled_.clear();
    size_t const recent = static_cast<size_t>(o_.farrington.exclude_recent) + 1;
    for (size_t i = begin(); i + recent < upward_.size(); ++i) {
      if (!std::isnan(upward_[i])) settled_.push_back(upward_[i]);
    }
    return detection::score_scale(settled_);
  }
  const std::vector<double>& upward() const { return upward_; }

 private:
  const DetectOptions& o_;
  std::vector<double> upward_;
  std::vector<double> settled_;
};

double upward_score(const Baseline& b, const DetectRow& row) {
  return detection::score(b, static_cast<int64_t>(*row.observed), detection::Harm::kHigh).z;
}

// Of a score that is not divided by `scale`, so far out that its quantile can still be told.
double scaled_alpha(double alpha, double scale) {
  constexpr double kSmallest = 1e-12;
  if (scale == 1) return alpha;
  return std::max(kSmallest, detection::normal_cdf(scale * detection::normal_quantile(alpha)));
}

// Everything but the change point, of a score that is divided by `scale`; returns the score upward.
double judge_tails(const Baseline& b, const DetectOptions& o, double scale, DetectRow& row) {
  auto const observed = static_cast<int64_t>(*row.observed);
  row.state = DetectState::kNormal;
  row.expected = b.expected;
  row.dispersion = b.dispersion;
  double upward = 0;
  bool low = false;
  bool high = false;
  if (o.farrington.compatibility == Compatibility::kRSurveillance) {
    // R's bounds and tails are of the estimated distribution itself, and hold the observed value.
    detection::CountDistribution const plug_in{b.expected, b.dispersion};
    detection::Tails const t = detection::tails(plug_in, observed);
    row.lower = static_cast<double>(detection::quantile(plug_in, o.alpha));
    row.upper = static_cast<double>(detection::quantile(plug_in, 1 - o.alpha));
    row.p_low = std::min(1.0, t.below + t.at);
    row.p_high = std::min(1.0, t.above + t.at);
    upward = t.low_mid() < t.high_mid() ? detection::normal_quantile(t.low_mid())
                                        : -detection::normal_quantile(t.high_mid());
    upward = std::clamp(upward, -detection::kZMax, detection::kZMax);
    low = *row.observed < *row.lower;
    high = *row.observed > *row.upper;
  } else {
    detection::Score const s = detection::score(b, observed, detection::Harm::kHigh);
    double const bound = scaled_alpha(o.alpha, scale);
    detection::Interval const i = detection::predictive_interval(b, 1 - 2 * bound);
    upward = s.z / scale;
    row.lower = i.lower;
    row.upper = i.upper;
    row.p_low = scale == 1 ? s.p_low : detection::normal_cdf(upward);
    row.p_high = scale == 1 ? s.p_high : detection::normal_cdf(-upward);
    low = *row.p_low < o.alpha;
    high = *row.p_high < o.alpha;
  }
  row.score = o.harm == HarmSides::kLow ? -upward : upward;
  bool const alarm = (low && alarms_low(o.harm)) || (high && alarms_high(o.harm));
  if (alarm && o.method == DetectMethod::kFarrington) row.state = DetectState::kAmber;
  return upward;
}

// The rows of `points` with what the file says of them.
std::vector<DetectRow> bare_rows(std::span<const SeriesPoint> points) {
  std::vector<DetectRow> rows;
  for (const SeriesPoint& p : points)
    rows.push_back({.period = p.period, .why = p.missing, .observed = p.value});
  return rows;
}

void set_not_assessed(DetectRow& row, NotAssessed why) {
  row.why = std::string(name(why));
}

// The periods' own baselines, beside the rows; none where there is no value.
std::vector<std::optional<Baseline>> fit_baselines(const Observed& observed, const DetectOptions& o,
                                                   std::span<DetectRow> rows) {
  detection::CountSeries const series = observed.view(o.scale.calendar());
  detection::Workspace workspace;
  std::vector<std::optional<Baseline>> baselines(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].observed) continue;
    int32_t const t = rows[i].period.value;
    Baseline b =
        detection::fit(series, rows[i].period, observed.gaps_between(t - o.farrington.reach(), t),
                       o.farrington, workspace);
    if (b.why == NotAssessed::kShortHistory && o.cold_start) {
      b = detection::fit_recent(series, rows[i].period,
                                observed.gaps_between(t - o.cold_start->reach(), t), *o.cold_start);
    }
    if (b.why == NotAssessed::kNone) {
      baselines[i] = b;
    } else {
      set_not_assessed(rows[i], b.why);
    }
  }
  return baselines;
}

bool is_young(const Baseline& b) {
  return b.kind != detection::BaselineKind::kSeasonal;
}

using ScoreChangePoint = ChangePoint<detection::Cusum>;

void follow_scores(const DetectOptions& o, std::span<const std::optional<Baseline>> baselines,
                   std::span<DetectRow> rows) {
  detection::CusumOptions cusum;
  cusum.threshold_h = o.threshold_h
                          ? *o.threshold_h
                          : detection::cusum_threshold(cusum.reference, o.in_control_run_length);
  auto const start = [&] {
    return ScoreChangePoint({detection::Cusum(cusum), cusum.threshold_h, alarms_high(o.harm)},
                            {detection::Cusum(cusum), cusum.threshold_h, alarms_low(o.harm)});
  };
  auto const add = [&](ScoreChangePoint& to, size_t i, double upward) {
    to.add([&](detection::Cusum& c, bool up) { c.add(rows[i].period, up ? upward : -upward); });
  };
  bool const tails_alone = o.farrington.compatibility == Compatibility::kRSurveillance;
  Path path(o);
  ScoreChangePoint change = start();
  for (size_t i = 0; i < rows.size(); ++i) {
    bool const counts = baselines[i] && !is_young(*baselines[i]);
    path.add(counts ? upward_score(*baselines[i], rows[i]) : detection::kNotScored);
    if (!baselines[i]) continue;
    double const scale = path.scale();
    judge_tails(*baselines[i], o, scale, rows[i]);
    if (tails_alone) continue;
    if (o.own_scale) {
      change = start();
      for (size_t k = path.begin(); k <= i; ++k) add(change, k, path.upward()[k] / scale);
    } else if (counts) {
      add(change, i, path.upward()[i]);
    }
    if (change.tell(rows[i])) rows[i].state = DetectState::kRed;
  }
}

void follow_counts(const DetectOptions& o, std::span<const std::optional<Baseline>> baselines,
                   std::span<DetectRow> rows) {
  double sum = 0;
  int assessed = 0;
  for (const auto& b : baselines) {
    if (!b || is_young(*b)) continue;
    sum += b->expected;
    ++assessed;
  }
  auto const side = [&](double ratio, bool on) {
    double h = o.threshold_h.value_or(0);
    if (!o.threshold_h && on && assessed > 0) {
      h = detection::poisson_cusum_threshold(sum / assessed, ratio, o.in_control_run_length);
    }
    return ChangePoint<detection::PoissonCusum>::Side{detection::PoissonCusum(ratio), h, on};
  };
  ChangePoint<detection::PoissonCusum> change(side(o.rate_ratio, alarms_high(o.harm)),
                                              side(1 / o.rate_ratio, alarms_low(o.harm)));
  Path path(o);
  for (size_t i = 0; i < rows.size(); ++i) {
    bool const counts = baselines[i] && !is_young(*baselines[i]);
    path.add(counts ? upward_score(*baselines[i], rows[i]) : detection::kNotScored);
    if (!baselines[i]) continue;
    judge_tails(*baselines[i], o, path.scale(), rows[i]);
    if (!counts) continue;
    change.add([&](detection::PoissonCusum& c, bool) {
      c.add(rows[i].period, *rows[i].observed, baselines[i]->expected);
    });
    if (change.tell(rows[i])) rows[i].state = DetectState::kRed;
  }
}

// EARS rests on the latest periods that have a value: the others are taken out and time closes up.
void judge_ears(const Observed& observed, const DetectOptions& o, std::span<DetectRow> rows) {
  std::vector<int32_t> counts;
  for (const DetectRow& row : rows) {
    if (row.observed)
      counts.push_back(
          observed.counts[static_cast<size_t>(row.period.value - observed.first.value)]);
  }
  detection::CountSeries const series{o.scale.calendar(), PeriodIndex(0), counts};
  int32_t t = 0;
  for (DetectRow& row : rows) {
    if (!row.observed) continue;
    detection::EarsAssessment const a = detection::assess_ears(series, PeriodIndex(t++), o.ears);
    if (a.why != NotAssessed::kNone) {
      set_not_assessed(row, a.why);
      continue;
    }
    row.state = *row.observed > a.upper ? DetectState::kAmber : DetectState::kNormal;
    row.expected = a.mean;
    if (a.mean > 0) row.dispersion = a.deviation * a.deviation / a.mean;
    row.upper = a.upper;
    row.score = a.score;
    if (o.ears.method == detection::EarsMethod::kC3) continue;  // whose score is no single deviate
    row.p_low = detection::normal_cdf(a.score);
    row.p_high = detection::normal_cdf(-a.score);
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
  Observed const observed = observe({first, last});
  if (o.method == DetectMethod::kEars) {
    judge_ears(observed, o, within);
    return rows;
  }
  auto const baselines = fit_baselines(observed, o, within);
  if (o.method == DetectMethod::kPoissonCusum) {
    follow_counts(o, baselines, within);
  } else {
    follow_scores(o, baselines, within);
  }
  return rows;
}

}  // namespace bellwether::analysis
