#include "analysis/ears.h"

#include <algorithm>
#include <cmath>

#include "core/base/check.h"
#include "core/stats/normal.h"

namespace bellwether::analysis {
namespace {

struct Moments {
  double mean = 0;
  double deviation = 0;
};

// Mean and standard deviation of the `n` periods that end `lag` + 1 periods before `target`.
Moments moments(const detection::CountSeries& series, int32_t target, int n, int lag) {
  Moments m;
  for (int i = 1; i <= n; ++i) m.mean += static_cast<double>(count_at(series, target - lag - i));
  m.mean /= n;
  double squares = 0;
  for (int i = 1; i <= n; ++i) {
    double const d = static_cast<double>(count_at(series, target - lag - i)) - m.mean;
    squares += d * d;
  }
  m.deviation = std::sqrt(squares / (n - 1));
  return m;
}

double standardised(double observed, const Moments& m) {
  if (m.deviation > 0) return (observed - m.mean) / m.deviation;
  return observed == m.mean ? 0 : std::copysign(detection::kZMax, observed - m.mean);
}

}  // namespace

EarsAssessment assess_ears(const detection::CountSeries& series, base::PeriodIndex target,
                           const EarsOptions& o) {
  BELLWETHER_CHECK(o.baseline_periods >= kEarsBaselineMin);
  int const lag = o.method == EarsMethod::kC1 ? 0 : kEarsLag;
  EarsAssessment a;
  a.observed = count_at(series, target.value);
  if (target.value - lag - o.baseline_periods < series.first.value) {
    a.why = detection::NotAssessed::kShortHistory;
    return a;
  }
  Moments const m = moments(series, target.value, o.baseline_periods, lag);
  double const z = -stats::normal_quantile(o.alpha);
  auto const observed = static_cast<double>(a.observed);
  a.mean = m.mean;
  a.deviation = m.deviation;
  a.score = standardised(observed, m);
  a.upper = m.mean + z * m.deviation;
  if (o.method != EarsMethod::kC3) return a;
  double accumulated = 0;
  for (int back = 1; back <= kEarsLag; ++back) {
    int32_t const t = target.value - back;
    if (t - lag - o.baseline_periods < series.first.value) continue;
    Moments const then = moments(series, t, o.baseline_periods, lag);
    accumulated += std::max(0.0, standardised(static_cast<double>(count_at(series, t)), then) - 1);
  }
  a.score = std::max(0.0, a.score - 1) + accumulated;
  a.upper = std::max(0.0, observed + m.deviation * (z - accumulated));
  return a;
}

}  // namespace bellwether::analysis
