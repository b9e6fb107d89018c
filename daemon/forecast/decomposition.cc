#include "forecast/decomposition.h"

#include <cmath>

namespace bellwether::forecast {
namespace {

constexpr double kNormal90 = 1.645;  // two-sided 90 % point, as the M4 code has it
constexpr int kSeasonsMin = 3;       // to be tested
constexpr double kIndexMin = 1e-4;   // smaller ones would blow up what is divided by them

// Each value with the index of its season; nothing without a season.
template <class Change>
void with_index(std::span<double> values, size_t first, const std::vector<double>& index,
                Change change) {
  if (index.empty()) return;
  size_t season = first % index.size();
  for (double& value : values) {
    change(value, index[season]);
    if (++season == index.size()) season = 0;
  }
}

}  // namespace

std::vector<double> autocorrelation(Series y, int lag_max) {
  std::vector<double> r(static_cast<size_t>(lag_max) + 1, 0.0);
  double mean = 0;
  for (double value : y) mean += value;
  mean /= static_cast<double>(y.size());
  std::vector<double> centred(y.begin(), y.end());
  for (double& value : centred) value -= mean;
  for (size_t lag = 0; lag < r.size() && lag < y.size(); ++lag) {
    double sum = 0;
    for (size_t t = lag; t < y.size(); ++t) sum += centred[t] * centred[t - lag];
    r[lag] = sum;
  }
  double const variance = r[0];
  // Below this a "variance" is what rounding the mean leaves of a constant.
  double const noise = 1e-24 * mean * mean * static_cast<double>(y.size());
  for (double& value : r) value = variance > noise ? value / variance : 0;
  r[0] = 1;
  return r;
}

bool is_seasonal(Series y, int period) {
  if (period <= 1 || y.size() < static_cast<size_t>(kSeasonsMin * period)) return false;
  std::vector<double> const r = autocorrelation(y, period);
  double sum = 1;
  for (size_t lag = 1; lag < static_cast<size_t>(period); ++lag) sum += 2 * r[lag] * r[lag];
  return std::abs(r.back()) > kNormal90 * std::sqrt(sum / static_cast<double>(y.size()));
}

void Season::remove(std::span<double> values, size_t first) const {
  if (combine == Combine::kMultiply) {
    with_index(values, first, index, [](double& value, double s) { value /= s; });
  } else {
    with_index(values, first, index, [](double& value, double s) { value -= s; });
  }
}

void Season::apply(std::span<double> values, size_t first) const {
  if (combine == Combine::kMultiply) {
    with_index(values, first, index, [](double& value, double s) { value *= s; });
  } else {
    with_index(values, first, index, [](double& value, double s) { value += s; });
  }
}

Season classical_season(Series y, int period, Combine combine) {
  Season season;
  season.combine = combine;
  auto const m = static_cast<size_t>(period);
  if (period <= 1 || y.size() < 2 * m) return season;
  bool const multiply = combine == Combine::kMultiply;
  std::vector<double> sum(m, 0.0);
  std::vector<int> count(m, 0);
  size_t const half = m / 2;
  for (size_t t = half; t + half < y.size(); ++t) {
    double trend = 0;
    for (size_t i = t - half; i <= t + half; ++i) trend += y[i];
    if (m % 2 == 0) trend -= 0.5 * (y[t - half] + y[t + half]);
    trend /= static_cast<double>(m);
    if (multiply && trend <= 0) return season;
    sum[t % m] += multiply ? y[t] / trend : y[t] - trend;
    ++count[t % m];
  }
  double mean = 0;
  for (size_t i = 0; i < m; ++i) {
    if (count[i] == 0) return season;
    sum[i] /= count[i];
    mean += sum[i] / static_cast<double>(m);
  }
  for (double& s : sum) {
    s = multiply ? s / mean : s - mean;
    if (multiply && !(s > kIndexMin)) return season;
  }
  season.index = std::move(sum);
  return season;
}

}  // namespace bellwether::forecast
