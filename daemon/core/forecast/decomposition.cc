#include "core/forecast/decomposition.h"

#include <algorithm>
#include <cmath>

#include "core/forecast/lanes.h"

namespace bellwether::forecast {
namespace {

constexpr double kNormal90 = 1.645;  // two-sided 90 % point, as in the M4 code
constexpr int kSeasonsMin = 3;       // needed for the test of a season
constexpr double kIndexMin = 1e-4;   // division by a smaller index would give huge values

// Calls `change` with each value and the index of its season. Does nothing without a season.
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

// Σ_t x_t x_{t−lag} for lag 0 … lags − 1, kLanes lags at a time.
BELLWETHER_WIDEST_LANES
std::vector<double> lagged_products(const std::vector<double>& x, size_t lags) {
  // Reversed, so that earlier values have higher positions; padded with 0, so that lags beyond the
  // first value add nothing.
  std::vector<double> reversed(x.rbegin(), x.rend());
  reversed.resize(x.size() + lags + kLanes, 0.0);
  std::vector<double> out(lags);
  for (size_t lag = 0; lag < lags; lag += kLanes) {
    Lanes sum{};
    Lanes lagged{};
    for (size_t t = lag; t < x.size(); ++t) {
      load(&reversed[x.size() - 1 - t + lag], lagged);
      sum += x[t] * lagged;
    }
    for (size_t i = 0; i < kLanes && lag + i < lags; ++i) out[lag + i] = sum[i];
  }
  return out;
}

// The centred moving average over m periods, for every period with half of them on each side.
BELLWETHER_WIDEST_LANES
std::vector<double> moving_average(Series y, size_t m) {
  size_t const half = m / 2;
  std::vector<double> padded(y.begin(), y.end());
  padded.resize(y.size() + kLanes, 0.0);
  std::vector<double> out(y.size() - 2 * half);
  for (size_t t = 0; t < out.size(); t += kLanes) {
    Lanes sum{};
    Lanes first{};
    Lanes next{};
    for (size_t i = t; i <= t + 2 * half; ++i) {
      load(&padded[i], next);
      sum += next;
    }
    if (m % 2 == 0) {
      load(&padded[t], first);
      load(&padded[t + 2 * half], next);
      sum -= 0.5 * (first + next);
    }
    sum /= static_cast<double>(m);
    for (size_t i = 0; i < kLanes && t + i < out.size(); ++i) out[t + i] = sum[i];
  }
  return out;
}

}  // namespace

std::vector<double> autocorrelation(Series y, int lag_max) {
  double mean = 0;
  for (double value : y) mean += value;
  mean /= static_cast<double>(y.size());
  std::vector<double> centred(y.begin(), y.end());
  for (double& value : centred) value -= mean;
  std::vector<double> r = lagged_products(centred, static_cast<size_t>(lag_max) + 1);
  double const variance = r[0];
  // A smaller sum of squares is the rounding error of a constant series.
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
  std::vector<double> const trends = moving_average(y, m);
  for (size_t t = half; t + half < y.size(); ++t) {
    double const trend = trends[t - half];
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

Season shrunk(Season season, Series y) {
  size_t const m = season.index.size();
  double const none = season.combine == Combine::kMultiply ? 1 : 0;
  double spread = 0;
  for (double s : season.index) spread += (s - none) * (s - none);
  if (m <= 3 || spread == 0) return season;
  std::vector<double> const trends = moving_average(y, m);
  double squares = 0;
  for (size_t i = 0; i < trends.size(); ++i) {
    size_t const t = i + m / 2;
    double const detrended =
        season.combine == Combine::kMultiply ? y[t] / trends[i] : y[t] - trends[i];
    double const about = detrended - season.index[t % m];
    squares += about * about;
  }
  auto const seasons = static_cast<double>(m);
  auto const n = static_cast<double>(trends.size());
  // Σ about² / (n − m) is the variance of a value; an index is the mean of n/m values.
  double const variance = squares / std::max(1.0, n - seasons) * seasons / n;
  double const drawn = std::min(1.0, (seasons - 3) * variance / spread);
  for (double& s : season.index) s = none + (1 - drawn) * (s - none);
  return season;
}

}  // namespace bellwether::forecast
