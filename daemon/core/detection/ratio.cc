#include "core/detection/ratio.h"

#include <algorithm>
#include <cmath>

#include "core/base/check.h"
#include "core/stats/normal.h"

namespace bellwether::detection {
namespace {

struct ShareBaseline {
  int points = 0;
  double share = 0;
  double dispersion = 1;
};

double angle(double share) {
  return std::asin(std::sqrt(std::clamp(share, 0.0, 1.0)));
}

double raw_score(double numerator, double denominator, double share) {
  return 2 * std::sqrt(denominator) * (angle(numerator / denominator) - angle(share));
}

class SharePath {
 public:
  SharePath(const ShareSeries& series, std::span<const PeriodRange> excluded,
            const RatioOptions& options)
      : series_(series), excluded_(excluded), options_(options) {}

  bool has_cases(int32_t period) const {
    int64_t const i = int64_t{period} - series_.first.value;
    return i >= 0 && i < static_cast<int64_t>(series_.denominators.size()) &&
           series_.denominators[static_cast<size_t>(i)] >= options_.denominator_min;
  }
  bool observed(int32_t period) const {
    return has_cases(period) && numerator(period) >= 0 && numerator(period) <= denominator(period);
  }
  double numerator(int32_t period) const {
    return series_.numerators[static_cast<size_t>(period - series_.first.value)];
  }
  double denominator(int32_t period) const {
    return series_.denominators[static_cast<size_t>(period - series_.first.value)];
  }

  ShareBaseline baseline(int32_t target) const {
    int32_t const last = target - options_.exclude_recent - 1;
    int32_t const first = last - options_.years * series_.calendar.periods_per_year() + 1;
    ShareBaseline b;
    double events = 0;
    double all = 0;
    for_each(first, last, [&](int32_t t) {
      ++b.points;
      events += numerator(t);
      all += denominator(t);
    });
    if (b.points < options_.periods_min) return b;
    // Adding half an event keeps the share above 0. Otherwise the first event after a baseline
    // without events would count as impossible.
    b.share = (events + 0.5) / (all + 1);
    double squares = 0;
    for_each(first, last, [&](int32_t t) {
      double const z = raw_score(numerator(t), denominator(t), b.share);
      squares += z * z;
    });
    b.dispersion = std::max(1.0, squares / (b.points - 1));
    return b;
  }

 private:
  template <class F>
  void for_each(int32_t first, int32_t last, F f) const {
    for (int32_t t = std::max(first, series_.first.value); t <= last; ++t) {
      if (observed(t) && !is_excluded(excluded_, t)) f(t);
    }
  }

  const ShareSeries& series_;
  std::span<const PeriodRange> excluded_;
  const RatioOptions& options_;
};

}  // namespace

RatioOptions RatioOptions::for_calendar(base::Calendar calendar) {
  RatioOptions o;
  if (calendar.unit() == base::CalendarUnit::kWeek) {
    o.exclude_recent = 26;
    o.periods_min = 52;
  }
  return o;
}

RatioAssessment assess_share(const ShareSeries& series, base::PeriodIndex target,
                             std::span<const PeriodRange> excluded, Harm harm,
                             const RatioOptions& options, const CusumOptions& cusum) {
  BELLWETHER_CHECK(series.numerators.size() == series.denominators.size());
  BELLWETHER_CHECK(options.periods_min >= 2 && options.denominator_min >= 1);
  SharePath const path(series, excluded, options);
  RatioAssessment a;
  a.onset = target;
  if (!path.observed(target.value)) {
    a.not_assessed = path.has_cases(target.value) ? "the share is not within 0 and 1"
                                                  : "too few cases in the period";
    return a;
  }
  double const sign = harm == Harm::kHigh ? 1 : -1;
  Cusum change(cusum);
  for (int32_t t = target.value - options.path_periods_max + 1; t <= target.value; ++t) {
    if (!path.observed(t)) continue;
    ShareBaseline const b = path.baseline(t);
    if (b.points < options.periods_min) continue;
    double const n = path.denominator(t);
    double const z = sign * raw_score(path.numerator(t), n, b.share) / std::sqrt(b.dispersion);
    change.add(base::PeriodIndex(t), z);
    if (t != target.value) continue;
    a.points = b.points;
    a.observed = path.numerator(t) / n;
    a.expected = b.share;
    a.dispersion = b.dispersion;
    a.z = z;
    a.p = stats::normal_cdf(-z);
    double const half =
        stats::normal_quantile(0.975) * std::sqrt(b.dispersion) / (2 * std::sqrt(n));
    double const middle = angle(b.share);
    a.lower = std::pow(std::sin(std::max(0.0, middle - half)), 2);
    a.upper = std::pow(std::sin(std::min(std::asin(1.0), middle + half)), 2);
  }
  if (a.points == 0) a.not_assessed = "too little history";
  a.cusum = change.value();
  if (a.cusum > 0) a.onset = change.onset();
  return a;
}

}  // namespace bellwether::detection
