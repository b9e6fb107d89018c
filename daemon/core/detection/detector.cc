#include "core/detection/detector.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/stats/normal.h"

namespace bellwether::detection {
namespace {

// The seasonal baseline, or the baseline of the latest periods if the series is too young.
Baseline fit_baseline(const CountSeries& series, int32_t target,
                      std::span<const PeriodRange> excluded, const DetectorOptions& options,
                      Workspace& workspace) {
  base::PeriodIndex const period(target);
  Baseline const b = fit(series, period, excluded, options.farrington, workspace);
  if (b.why != NotAssessed::kShortHistory || !options.cold_start) return b;
  return fit_recent(series, period, excluded, *options.cold_start);
}

// Whether the change point includes this period.
bool counts_for_path(const Assessment& a) {
  return a.why == NotAssessed::kNone && !a.young();
}

// The part of an assessment that does not need the path.
Assessment assess_point(const CountSeries& series, int32_t target, const Baseline& baseline,
                        double share, Harm harm) {
  Assessment a;
  a.observed = count_at(series, target);
  a.onset = base::PeriodIndex(target);
  a.why = baseline.why;
  a.share = share;
  a.baseline = baseline;
  if (a.why != NotAssessed::kNone) return a;
  if (share < 1) a.baseline = thinned(baseline, share);
  Score const s = score(a.baseline, a.observed, harm);
  a.expected = a.baseline.expected;
  a.dispersion = a.baseline.dispersion;
  a.z = s.z;
  a.ratio = static_cast<double>(a.observed) / a.expected;
  return a;
}

// Adds the results of the path to the assessment of its last period.
void set_path(Assessment& a, double width, int points, const Cusum& cusum) {
  a.width = width;
  a.scale = score_scale(width);
  a.scale_points = points;
  a.z /= a.scale;
  if (a.why == NotAssessed::kNone) {
    a.p = stats::normal_cdf(-a.z);
    a.p_other = stats::normal_cdf(a.z);
  }
  a.cusum = cusum.value();
  if (cusum.value() > 0) a.onset = cusum.onset();
}

int32_t path_begin(const CountSeries& series, int32_t target, const DetectorOptions& options) {
  return std::max(series.first.value, options.path_begin(target));
}

}  // namespace

DetectorOptions DetectorOptions::for_calendar(base::Calendar calendar) {
  constexpr int kPathWeeks = 208;  // four years: enough to know how far levels wander
  DetectorOptions o;
  o.farrington = FarringtonOptions::for_calendar(calendar);
  o.speed = SpeedOptions::for_calendar(calendar);
  o.cold_start = ColdStartOptions::for_calendar(calendar);
  if (calendar.unit() == base::CalendarUnit::kWeek) o.path_periods_max = kPathWeeks;
  return o;
}

Assessment assess(const CountSeries& series, base::PeriodIndex target,
                  std::span<const PeriodRange> excluded, Harm harm, const DetectorOptions& options,
                  Workspace& workspace, SharesReported reported) {
  std::vector<std::pair<int32_t, double>> path;
  std::vector<double> settled;
  Assessment last;  // result if the target is before the series
  last.why = last.baseline.why = NotAssessed::kShortHistory;
  last.onset = target;
  for (int32_t t = path_begin(series, target.value, options); t <= target.value; ++t) {
    Baseline const b = fit_baseline(series, t, excluded, options, workspace);
    last = assess_point(series, t, b, share_at(reported, target.value - t), harm);
    if (!counts_for_path(last)) continue;
    path.emplace_back(t, last.z);
    if (options.own_scale && t < options.settled_end(target.value)) settled.push_back(last.z);
  }
  double const width = score_width(settled);
  double const scale = score_scale(width);
  Cusum cusum(options.cusum);
  for (const auto& [t, z] : path) cusum.add(base::PeriodIndex(t), z / scale);
  set_path(last, width, static_cast<int>(settled.size()), cusum);
  SpeedState speed(options.speed);
  int32_t const settled_end = options.settled_end(target.value);
  for (const auto& [t, z] : path) {
    if (t < settled_end) speed.settle(z, options.is_recent(t, target.value), workspace.speed);
  }
  speed.finish_settled(workspace.speed);
  for (const auto& [t, z] : path) {
    if (t >= settled_end) speed.advance(z);
  }
  last.speed = speed.scores();
  return last;
}

void ScoredSeries::set(Point& point, const Assessment& a, int32_t period) {
  Point const now{period, counts_for_path(a) ? Kept::kScore : Kept::kUnassessed, a.z, a.share};
  auto const size = static_cast<int32_t>(path_.size());
  clean_from_ = std::max(clean_from_, period - size + 1);
  clean_to_ = std::min(clean_to_, period + size);
  bool const same = point.period == period && point.kept == now.kept && point.z == now.z;
  point = now;
  if (same) return;
  if (period >= settled_.first && period <= settled_.last) settled_.first = INT32_MIN;
  if (period >= averaged_.first && period < averaged_.end) averaged_.first = INT32_MIN;
  for (Followed* f : {&followed_, &other_side_}) {
    if (period >= f->first && period < f->end) f->first = INT32_MIN;
  }
}

void ScoredSeries::forget_baselines(int64_t first, int64_t last) {
  int64_t const from = first + newest_;
  int64_t const to = last + reach_;
  for (Point& p : path_) {
    if (p.period >= from && p.period <= to) p.kept = Kept::kNothing;
  }
  for (Fitted& f : fitted_) {
    if (f.period >= from && f.period <= to) f.period = INT32_MIN;
  }
  if (from < clean_to_) clean_to_ = static_cast<int32_t>(std::max<int64_t>(from, INT32_MIN));
}

void ScoredSeries::revise(base::PeriodIndex period) {
  if (path_.empty()) return;
  Point& own = slot(period.value);
  if (own.period == period.value) own.kept = Kept::kNothing;
  clean_to_ = std::min(clean_to_, period.value);
  forget_baselines(period.value, period.value);
}

void ScoredSeries::exclude(std::span<const PeriodRange> excluded) {
  if (std::ranges::equal(excluded_, excluded)) return;
  auto const forget = [&](std::span<const PeriodRange> some, std::span<const PeriodRange> others) {
    for (const PeriodRange& r : some) {
      if (std::ranges::find(others, r) == others.end())
        forget_baselines(r.first.value, r.last.value);
    }
  };
  forget(excluded_, excluded);
  forget(excluded, excluded_);
  excluded_.assign(excluded.begin(), excluded.end());
}

void ScoredSeries::adapt(const CountSeries& series, const DetectorOptions& options,
                         SharesReported reported) {
  auto const size = static_cast<size_t>(options.path_periods_max);
  reach_ = options.farrington.reach();
  newest_ = options.farrington.exclude_recent + 1;
  if (options.cold_start) {
    reach_ = std::max(reach_, options.cold_start->reach());
    newest_ = std::min(newest_, options.cold_start->guard + 1);
  }
  // prepare() targets one period later than the previous assessment.
  size_t const latest = std::min(size, std::max<size_t>(1, reported.size()) + 1);
  if (fitted_.size() < latest) fitted_.assign(latest, Fitted{});
  if (path_.size() == size && first_ == series.first) return;
  path_.assign(size, Point{});  // the history starts at another period: nothing is valid
  clean_from_ = clean_to_ = INT32_MIN;
  settled_ = {};
  averaged_ = {};
  followed_ = other_side_ = {};
  fitted_.assign(fitted_.size(), Fitted{});
  first_ = series.first;
}

const Baseline& ScoredSeries::baseline(const CountSeries& series, int32_t period,
                                       const DetectorOptions& options, Workspace& workspace) {
  Fitted& f = fitted_[static_cast<size_t>(period) % fitted_.size()];
  if (f.period != period) {
    f.baseline = fit_baseline(series, period, excluded_, options, workspace);
    f.period = period;
  }
  return f.baseline;
}

void ScoredSeries::score_path(const CountSeries& series, int32_t first, int32_t target, Harm harm,
                              const DetectorOptions& options, Workspace& workspace,
                              SharesReported reported) {
  // Periods before this one have share 1.
  int32_t const open_from =
      target - std::max<int32_t>(1, static_cast<int32_t>(reported.size())) + 1;
  clean_to_ = std::min(clean_to_, open_from);
  bool const goes_on = clean_from_ <= first && clean_to_ >= first;
  int32_t t = goes_on ? std::min(clean_to_, target) : first;
  for (size_t i = index(t); t < target; ++t, i = after(i)) {
    Point& p = path_[i];
    double const share = share_at(reported, target - t);
    if (p.period == t && p.kept != Kept::kNothing && p.share == share) continue;
    set(p, assess_point(series, t, baseline(series, t, options, workspace), share, harm), t);
  }
  if (!goes_on) clean_from_ = first;
  clean_to_ = std::min(open_from, target);
}

void ScoredSeries::settle(int32_t first, int32_t target, const DetectorOptions& options) {
  int32_t const last = options.settled_end(target) - 1;
  if (!options.own_scale || (settled_.first == first && settled_.last == last)) return;
  settled_ = {first, last, 0, 1};
  scratch_.clear();
  size_t i = index(first);
  for (int32_t t = first; t <= last; ++t, i = after(i)) {
    const Point& p = path_[i];
    if (p.period != t || p.kept != Kept::kScore) continue;
    scratch_.push_back(p.z);
  }
  settled_.points = static_cast<int>(scratch_.size());
  settled_.width = score_width(scratch_);
}

void ScoredSeries::follow(Followed& followed, int32_t first, int32_t end, double scale,
                          const CusumOptions& options) {
  bool const goes_on = followed.first == first && followed.scale == scale && followed.end <= end;
  if (!goes_on) followed = {first, first, scale, Cusum(options)};
  size_t i = index(followed.end);
  for (int32_t t = followed.end; t < end; ++t, i = after(i)) {
    const Point& p = path_[i];
    if (p.kept == Kept::kScore) followed.cusum.add(base::PeriodIndex(t), p.z / scale);
  }
  followed.end = std::max(followed.end, end);
}

void ScoredSeries::average(int32_t first, int32_t target, const DetectorOptions& options,
                           SpeedScratch& scratch) {
  if (averaged_.first == first && averaged_.end == target) return;
  averaged_ = {first, target, SpeedState(options.speed)};
  int32_t const settled_end = std::min(options.settled_end(target), target);
  int32_t t = first;
  size_t i = index(first);
  for (; t < settled_end; ++t, i = after(i)) {
    const Point& p = path_[i];
    if (p.period == t && p.kept == Kept::kScore)
      averaged_.state.settle(p.z, options.is_recent(t, target), scratch);
  }
  averaged_.state.finish_settled(scratch);
  for (; t < target; ++t, i = after(i)) {
    const Point& p = path_[i];
    if (p.period == t && p.kept == Kept::kScore) averaged_.state.advance(p.z);
  }
}

void ScoredSeries::prepare(const CountSeries& series, base::PeriodIndex next, Harm harm,
                           const DetectorOptions& options, Workspace& workspace,
                           SharesReported reported) {
  adapt(series, options, reported);
  int32_t const first = path_begin(series, next.value, options);
  score_path(series, first, next.value, harm, options, workspace, reported);
  baseline(series, next.value, options, workspace);
  settle(first, next.value, options);
  follow(followed_, first, next.value, settled_.scale(), options.cusum);
  average(first, next.value, options, workspace.speed);
}

Assessment ScoredSeries::assess(const CountSeries& series, base::PeriodIndex target, Harm harm,
                                const DetectorOptions& options, Workspace& workspace,
                                SharesReported reported) {
  adapt(series, options, reported);
  int32_t const first = path_begin(series, target.value, options);
  score_path(series, first, target.value, harm, options, workspace, reported);
  double const share = share_at(reported, 0);
  Assessment a = assess_point(series, target.value,
                              baseline(series, target.value, options, workspace), share, harm);
  set(slot(target.value), a, target.value);
  settle(first, target.value, options);
  follow(followed_, first, target.value, settled_.scale(), options.cusum);
  Cusum cusum = followed_.cusum;
  if (counts_for_path(a)) cusum.add(target, a.z / settled_.scale());
  double const z = a.z;
  set_path(a, settled_.width, settled_.points, cusum);
  average(first, target.value, options, workspace.speed);
  SpeedState speed = averaged_.state;
  if (counts_for_path(a)) speed.advance(z);
  a.speed = speed.scores();
  path_first_ = first;
  path_end_ = target.value + 1;
  return a;
}

Cusum ScoredSeries::other_side(const CusumOptions& options) {
  follow(other_side_, path_first_, path_end_, -settled_.scale(), options);
  return other_side_.cusum;
}

std::optional<double> ScoredSeries::path_score(int32_t period) const {
  if (path_.empty()) return std::nullopt;
  const Point& p = path_[index(period)];
  if (p.period != period || p.kept != Kept::kScore) return std::nullopt;
  return p.z;
}

}  // namespace bellwether::detection
