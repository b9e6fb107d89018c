#include "detection/detector.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "detection/normal.h"

namespace bellwether::detection {
namespace {

// What does not need the path.
Assessment assess_point(const CountSeries& series, int32_t target, const Baseline& baseline,
                        Harm harm) {
  Assessment a;
  a.observed = count_at(series, target);
  a.onset = base::PeriodIndex(target);
  a.why = baseline.why;
  a.baseline = baseline;
  if (a.why != NotAssessed::kNone) return a;
  Score const s = score(baseline, a.observed, harm);
  a.expected = baseline.expected;
  a.dispersion = baseline.dispersion;
  a.z = s.z;
  a.ratio = static_cast<double>(a.observed) / baseline.expected;
  return a;
}

// What the path says of its last point.
void set_path(Assessment& a, double scale, const Cusum& cusum) {
  a.scale = scale;
  a.z /= scale;
  if (a.why == NotAssessed::kNone) {
    a.p = normal_cdf(-a.z);
    a.p_other = normal_cdf(a.z);
  }
  a.cusum = cusum.value();
  if (cusum.value() > 0) a.onset = cusum.onset();
}

int32_t path_begin(const CountSeries& series, int32_t target, const DetectorOptions& options) {
  return std::max(series.first.value, target - options.path_periods_max + 1);
}

}  // namespace

double score_scale(std::span<double> z) {
  if (z.size() < kScalePointsMin) return 1;
  for (double& x : z) x = std::abs(x);
  auto const middle = z.begin() + static_cast<ptrdiff_t>(z.size() / 2);
  std::nth_element(z.begin(), middle, z.end());
  constexpr double kMedianOfNormal = 0.6744897501960817;  // of |z|
  return std::max(1.0, *middle / kMedianOfNormal);
}

Assessment assess(const CountSeries& series, base::PeriodIndex target,
                  std::span<const PeriodRange> excluded, Harm harm, const DetectorOptions& options,
                  Workspace& workspace) {
  std::vector<std::pair<int32_t, double>> path;
  std::vector<double> settled;
  Assessment last;
  for (int32_t t = path_begin(series, target.value, options); t <= target.value; ++t) {
    Baseline const b =
        fit(series, base::PeriodIndex(t), excluded, options.farrington, workspace);
    last = assess_point(series, t, b, harm);
    if (last.why != NotAssessed::kNone) continue;
    path.emplace_back(t, last.z);
    if (t < target.value - options.farrington.exclude_recent) settled.push_back(last.z);
  }
  double const scale = score_scale(settled);
  Cusum cusum(options.cusum);
  for (const auto& [t, z] : path) cusum.add(base::PeriodIndex(t), z / scale);
  set_path(last, scale, cusum);
  return last;
}

void ScoredSeries::forget_baselines(int64_t first, int64_t last) {
  int64_t const from = first + exclude_recent_ + 1;
  int64_t const to = last + reach_;
  for (Point& p : path_) {
    if (p.period >= from && p.period <= to) p.kept = Kept::kNothing;
  }
  if (baseline_for_ >= from && baseline_for_ <= to) has_baseline_ = false;
}

void ScoredSeries::revise(base::PeriodIndex period) {
  if (path_.empty()) return;
  Point& own = slot(period.value);
  if (own.period == period.value) own.kept = Kept::kNothing;
  forget_baselines(period.value, period.value);
}

void ScoredSeries::exclude(std::span<const PeriodRange> excluded) {
  if (std::ranges::equal(excluded_, excluded)) return;
  auto const forget = [&](std::span<const PeriodRange> some, std::span<const PeriodRange> others) {
    for (const PeriodRange& r : some) {
      if (std::ranges::find(others, r) == others.end()) forget_baselines(r.first.value, r.last.value);
    }
  };
  forget(excluded_, excluded);
  forget(excluded, excluded_);
  excluded_.assign(excluded.begin(), excluded.end());
}

void ScoredSeries::adapt(const CountSeries& series, const DetectorOptions& options) {
  auto const size = static_cast<size_t>(options.path_periods_max);
  reach_ = options.farrington.reach();
  exclude_recent_ = options.farrington.exclude_recent;
  if (path_.size() == size && first_ == series.first) return;
  path_.assign(size, Point{});  // the history begins elsewhere: nothing scored holds
  has_baseline_ = false;
  first_ = series.first;
}

const Baseline& ScoredSeries::baseline(const CountSeries& series, int32_t period,
                                       const DetectorOptions& options, Workspace& workspace) {
  if (!has_baseline_ || baseline_for_ != period) {
    baseline_ = fit(series, base::PeriodIndex(period), excluded_, options.farrington, workspace);
    baseline_for_ = period;
    has_baseline_ = true;
  }
  return baseline_;
}

void ScoredSeries::score_path(const CountSeries& series, int32_t first, int32_t last, Harm harm,
                              const DetectorOptions& options, Workspace& workspace) {
  for (int32_t t = first; t <= last; ++t) {
    Point& p = slot(t);
    if (p.period == t && p.kept != Kept::kNothing) continue;
    Assessment const a = assess_point(series, t, baseline(series, t, options, workspace), harm);
    p.period = t;
    p.kept = a.why == NotAssessed::kNone ? Kept::kScore : Kept::kUnassessed;
    p.z = a.z;
  }
}

void ScoredSeries::prepare(const CountSeries& series, base::PeriodIndex next, Harm harm,
                           const DetectorOptions& options, Workspace& workspace) {
  adapt(series, options);
  score_path(series, path_begin(series, next.value, options), next.value - 1, harm, options, workspace);
  baseline(series, next.value, options, workspace);
}

Assessment ScoredSeries::assess(const CountSeries& series, base::PeriodIndex target, Harm harm,
                                const DetectorOptions& options, Workspace& workspace) {
  adapt(series, options);
  int32_t const first = path_begin(series, target.value, options);
  score_path(series, first, target.value - 1, harm, options, workspace);
  Assessment a =
      assess_point(series, target.value, baseline(series, target.value, options, workspace), harm);
  Point& own = slot(target.value);
  own = {target.value, a.why == NotAssessed::kNone ? Kept::kScore : Kept::kUnassessed, a.z};
  double const scale = path_scale(first, target.value - exclude_recent_ - 1);
  Cusum cusum(options.cusum);
  for (int32_t t = first; t <= target.value; ++t) {
    const Point& p = slot(t);
    if (p.kept == Kept::kScore) cusum.add(base::PeriodIndex(t), p.z / scale);
  }
  set_path(a, scale, cusum);
  return a;
}

double ScoredSeries::path_scale(int32_t first, int32_t last) {
  scratch_.clear();
  for (int32_t t = first; t <= last; ++t) {
    const Point& p = slot(t);
    if (p.period == t && p.kept == Kept::kScore) scratch_.push_back(p.z);
  }
  return score_scale(scratch_);
}

size_t ScoredSeries::bytes() const {
  return sizeof(*this) + path_.capacity() * sizeof(Point) + scratch_.capacity() * sizeof(double) + excluded_.capacity() * sizeof(PeriodRange);
}

}  // namespace bellwether::detection
