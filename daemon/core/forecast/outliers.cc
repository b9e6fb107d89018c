#include "core/forecast/outliers.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/forecast/transform.h"

namespace bellwether::forecast {
namespace {

constexpr size_t kWindow = kOutlierLengthMin;
constexpr size_t kSeasonsForMedian = 4;  // needed for the median of a season
// The quantile of |distance| that gives the standard deviation, and that of a normal.
constexpr double kDistanceQuantile = 0.8;
constexpr double kNormalQuantile = 1.2815515655446004;
// On logarithms, deviations below a percent are no reason to leave a value out.
constexpr double kSigmaMin = 0.01;

using Window = std::array<double, kWindow>;

double middle_of(Window w) {
  std::nth_element(w.begin(), w.begin() + kHalfWindow, w.end());
  return w[kHalfWindow];
}

struct Line {
  double intercept = 0;
  double slope = 0;
};

// The repeated median line through z[0], z[1], … z[kWindow − 1], no steeper than `slope_max`.
Line repeated_median(const double* z, double slope_max) {
  Window slopes;
  for (size_t i = 0; i < kWindow; ++i) {
    std::array<double, kWindow - 1> of_one;
    for (size_t j = 0, n = 0; j < kWindow; ++j) {
      if (j != i) of_one[n++] = (z[j] - z[i]) / (static_cast<double>(j) - static_cast<double>(i));
    }
    // The middle two of an even number.
    auto const upper = of_one.begin() + kHalfWindow;
    std::nth_element(of_one.begin(), upper, of_one.end());
    slopes[i] = 0.5 * (*upper + *std::max_element(of_one.begin(), upper));
  }
  Line line;
  line.slope = std::clamp(middle_of(slopes), -slope_max, slope_max);
  Window intercepts;
  for (size_t i = 0; i < kWindow; ++i) intercepts[i] = z[i] - line.slope * static_cast<double>(i);
  line.intercept = middle_of(intercepts);
  return line;
}

// What was expected of each value, as the header says. REQUIRES: x.size() ≥ kWindow.
std::vector<double> expected_of(const std::vector<double>& x, size_t period) {
  size_t const n = x.size();
  std::vector<double> expected(n);
  for (size_t t = kHalfWindow; t + kHalfWindow < n; ++t) {
    Window w;
    std::copy_n(x.begin() + static_cast<std::ptrdiff_t>(t - kHalfWindow), kWindow, w.begin());
    expected[t] = middle_of(w);
  }
  // The steepest slope of the medians over a window, for the lines at both ends.
  double slope_max = 0;
  for (size_t t = kHalfWindow + kWindow; t + kHalfWindow < n; ++t) {
    slope_max = std::max(slope_max, std::abs(expected[t] - expected[t - kWindow]) / kWindow);
  }
  std::vector<double> season(period, 0.0);
  if (period > 1 && n >= kSeasonsForMedian * period + kWindow) {
    for (size_t s = 0; s < period; ++s) {
      std::vector<double> of_season;
      for (size_t t = s; t + kHalfWindow < n; t += period) {
        if (t >= kHalfWindow) of_season.push_back(x[t] - expected[t]);
      }
      season[s] = median(std::move(of_season));
    }
  }
  std::vector<double> adjusted = x;
  for (size_t t = 0; t < n; ++t) adjusted[t] -= season[t % period];
  Line const first = repeated_median(adjusted.data(), slope_max);
  Line const last = repeated_median(adjusted.data() + (n - kWindow), slope_max);
  for (size_t i = 0; i < kHalfWindow; ++i) {
    expected[i] = first.intercept + first.slope * static_cast<double>(i);
    size_t const in_last = kWindow - kHalfWindow + i;
    expected[n - kHalfWindow + i] = last.intercept + last.slope * static_cast<double>(in_last);
  }
  for (size_t t = 0; t < n; ++t) expected[t] += season[t % period];
  return expected;
}

double sigma_of(const std::vector<double>& x, const std::vector<double>& expected) {
  std::vector<double> distance(x.size());
  for (size_t t = 0; t < x.size(); ++t) distance[t] = std::abs(x[t] - expected[t]);
  auto const at = distance.begin() +
                  static_cast<std::ptrdiff_t>(kDistanceQuantile * static_cast<double>(x.size()));
  std::nth_element(distance.begin(), at, distance.end());
  return *at / kNormalQuantile;
}

// The outliers before `end`, in runs whose neighbours on both sides are a margin nearer to what was
// expected: a value on the slope of a real surge is none. Empty if they are too many.
std::vector<size_t> isolated_in(const std::vector<double>& away, size_t end, double margin) {
  size_t const n = away.size();
  std::vector<size_t> out;
  for (size_t first = 0; first < end; ++first) {
    if (std::abs(away[first]) <= margin) continue;
    size_t last = first;
    while (last + 1 < end && std::abs(away[last + 1]) > margin) ++last;
    bool const left = first == 0 || std::abs(away[first] - away[first - 1]) > margin;
    bool const right = last + 1 == n || std::abs(away[last] - away[last + 1]) > margin;
    for (size_t t = first; left && right && t <= last; ++t) out.push_back(t);
    first = last;
  }
  double const most = std::ceil(kOutlierShareMax * static_cast<double>(n));
  if (static_cast<double>(out.size()) > most) out.clear();
  return out;
}

}  // namespace

Cleaned clean(Series y, int period) {
  Cleaned out;
  out.fitted.assign(y.begin(), y.end());
  out.known = out.judged = out.fitted;
  size_t const n = y.size();
  Transform scale;
  if (has_logs(y)) {
    scale = logs_of(y, 0);
  } else if (std::ranges::all_of(y, [](double value) { return value >= 0; })) {
    return out;  // mostly zeros: each event is one of few
  }
  if (n < kOutlierLengthMin) return out;
  std::vector<double> x = out.fitted;
  scale.apply(x);
  std::vector<double> const expected = expected_of(x, static_cast<size_t>(period));
  double const sigma = std::max(sigma_of(x, expected), scale.logs ? kSigmaMin : 0.0);
  double const margin = kOutlierSigmas * sigma;
  std::vector<double> away(n);
  for (size_t t = 0; t < n; ++t) away[t] = x[t] - expected[t];
  size_t isolated_end = n;
  while (n - isolated_end < kHalfWindow && std::abs(away[isolated_end - 1]) > margin) {
    --isolated_end;
  }
  out.latest = n - isolated_end;
  std::vector<size_t> const isolated = isolated_in(away, isolated_end, margin);
  auto const put = [&](std::vector<double>& values, size_t t, double value) {
    scale.undo(std::span(&value, 1));
    values[t] = value;
  };
  auto const nearest = [&](size_t t) { return expected[t] + std::clamp(away[t], -margin, margin); };
  for (size_t t : isolated) {
    put(out.fitted, t, expected[t]);
    put(out.known, t, expected[t]);
    put(out.judged, t, nearest(t));
  }
  for (size_t t = isolated_end; t < n; ++t) put(out.fitted, t, nearest(t));
  return out;
}

}  // namespace bellwether::forecast
