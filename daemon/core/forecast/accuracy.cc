#include "core/forecast/accuracy.h"

#include <algorithm>
#include <cmath>

namespace bellwether::forecast {

double symmetric_error(double came, double forecast) {
  double const size = std::abs(came) + std::abs(forecast);
  return size > 0 ? 200 * std::abs(came - forecast) / size : 0;
}

double naive_step(Series y) {
  double sum = 0;
  for (size_t t = 1; t < y.size(); ++t) sum += std::abs(y[t] - y[t - 1]);
  return y.size() > 1 ? sum / static_cast<double>(y.size() - 1) : 0;
}

Accuracy judge(const Forecast& forecast, std::span<const std::optional<double>> came,
               double naive_step) {
  Accuracy a;
  a.coverage.resize(forecast.intervals.size());
  double missed_by = 0;
  for (size_t i = 0; i < std::min(came.size(), forecast.mean.size()); ++i) {
    if (!came[i]) continue;
    double const y = *came[i];
    ++a.periods;
    a.smape += symmetric_error(y, forecast.mean[i]);
    missed_by += std::abs(y - forecast.mean[i]);
    for (size_t l = 0; l < a.coverage.size(); ++l) {
      const IntervalPath& interval = forecast.intervals[l];
      a.coverage[l] += interval.lower[i] <= y && y <= interval.upper[i] ? 1 : 0;
    }
  }
  if (a.periods == 0) return a;
  a.smape /= a.periods;
  for (double& share : a.coverage) share /= a.periods;
  if (naive_step > 0) a.mase = missed_by / a.periods / naive_step;
  return a;
}

RollingAccuracy rolling_accuracy(Series y, int season, const Options& options) {
  RollingAccuracy a;
  int const h = std::max(1, season / 4);
  auto const needed = static_cast<size_t>(2 * season);
  Options naive = options;
  naive.method = Method::kSeasonalNaive;
  for (int back = 1; back <= kAccuracyOriginsMax; ++back) {
    auto const ahead = static_cast<size_t>(back * h);
    if (y.size() < needed + ahead) break;
    Series const known = y.first(y.size() - ahead);
    Forecast const ours = forecast(known, season, h, options);
    Forecast const theirs = forecast(known, season, h, naive);
    double const step = naive_step(known);
    if (ours.why != NotAssessed::kNone || theirs.why != NotAssessed::kNone || step <= 0) break;
    Series const after = y.subspan(known.size(), static_cast<size_t>(h));
    std::vector<std::optional<double>> const came(after.begin(), after.end());
    Accuracy const judged = judge(ours, came, step);
    ++a.origins;
    a.horizon = h;
    a.smape += judged.smape;
    a.mase += *judged.mase;
    a.mase_seasonal_naive += *judge(theirs, came, step).mase;
    if (!judged.coverage.empty()) a.coverage += judged.coverage.back();
  }
  if (a.origins == 0) return a;
  for (double* x : {&a.smape, &a.mase, &a.mase_seasonal_naive, &a.coverage}) *x /= a.origins;
  return a;
}

}  // namespace bellwether::forecast
