#include "core/forecast/holt_winters.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "core/forecast/decomposition.h"
#include "core/forecast/pattern_search.h"

namespace bellwether::forecast {
namespace {

struct Initial {
  double level = 0;
  double slope = 0;
  std::vector<double> season;
};

// The initial state from the first two seasons: their classical decomposition, and the line through
// the moving average.
Initial initial_state(Series y, int period, Combine combine) {
  auto const m = static_cast<size_t>(period);
  Series const first = y.first(2 * m);
  Initial out;
  out.season = classical_season(first, period, combine).index;
  if (out.season.empty()) out.season.assign(m, combine == Combine::kMultiply ? 1 : 0);
  size_t const half = m / 2;
  double n = 0, sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0;
  for (size_t t = half; t + half < first.size(); ++t) {
    double trend = 0;
    for (size_t i = t - half; i <= t + half; ++i) trend += first[i] - first[0];
    if (m % 2 == 0) trend -= 0.5 * (first[t - half] + first[t + half]) - first[0];
    trend /= static_cast<double>(m);
    n += 1;
    sum_x += n;
    sum_y += trend;
    sum_xx += n * n;
    sum_xy += n * trend;
  }
  double const spread = sum_xx - sum_x * sum_x / n;
  out.slope = spread > 0 ? (sum_xy - sum_x * sum_y / n) / spread : 0;
  out.level = first[0] + (sum_y - out.slope * sum_x) / n;
  return out;
}

// Runs the recursion over `path.season`, which holds the initial season. Stores the states if
// `keep`. Returns Σ e², or infinity if the recursion diverges.
double run(Series y, const Initial& initial, const HoltWintersParameters& p, Combine combine,
           bool keep, Path& path) {
  size_t const m = initial.season.size();
  bool const multiply = combine == Combine::kMultiply;
  path.season.resize(y.size() + m);
  // The initial season is at periods −m … −1. It is also at 0 … m − 1, because the recursion begins
  // with the second season.
  std::copy(initial.season.begin(), initial.season.end(), path.season.begin());
  std::copy(initial.season.begin(), initial.season.end(),
            path.season.begin() + static_cast<std::ptrdiff_t>(m));
  double level = initial.level;
  double slope = initial.slope;
  double squared_error = 0;
  for (size_t t = m; t < y.size(); ++t) {
    double const s = path.season[t];
    double const line = level + slope;
    double const e = y[t] - (multiply ? line * s : line + s);
    squared_error += e * e;
    double const before = level;
    level = p.alpha * (multiply ? y[t] / s : y[t] - s) + (1 - p.alpha) * line;
    if (multiply && !(level > 0)) return HUGE_VAL;
    slope = p.beta * (level - before) + (1 - p.beta) * slope;
    double const season = p.gamma * (multiply ? y[t] / level : y[t] - level) + (1 - p.gamma) * s;
    if (multiply && !(season > 0)) return HUGE_VAL;
    path.season[m + t] = season;
    if (keep) {
      path.level[t] = level;
      path.trend[t] = slope;
    }
  }
  return std::isfinite(squared_error) ? squared_error : HUGE_VAL;
}

HoltWintersParameters estimate(Series y, const Initial& initial, Combine combine, Path& path) {
  using Search = PatternSearch<3>;
  Search search;
  search.upper = {1, 1, 1};
  auto const error_of = [&](const Search::Point& at) {
    return run(y, initial, {at[0], at[1], at[2]}, combine, false, path);
  };
  auto const objective = [&](const Search::Points& points) {
    Search::Values values;
    std::transform(points.begin(), points.end(), values.begin(), error_of);
    return values;
  };
  Search::Best best{{0.3, 0.1, 0.1}, error_of({0.3, 0.1, 0.1})};
  for (double alpha : {0.05, 0.2, 0.5, 0.8}) {
    for (double beta : {0.0, 0.02, 0.2}) {
      for (double gamma : {0.05, 0.3, 0.7}) {
        Search::Point const at = {alpha, beta, gamma};
        double const value = error_of(at);
        if (value < best.value) best = {at, value};
      }
    }
  }
  best = search.minimise(best, 0.1, objective);
  return {best.at[0], best.at[1], best.at[2]};
}

}  // namespace

std::optional<HoltWinters> holt_winters(Series y, int period, Combine combine,
                                        std::optional<HoltWintersParameters> parameters) {
  HoltWinters out;
  Path& path = out.path;
  path.combine = combine;
  path.period = period;
  auto const m = static_cast<size_t>(period);
  Initial const initial = initial_state(y, period, combine);
  out.parameters = parameters ? *parameters : estimate(y, initial, combine, path);
  path.level.assign(y.size(), initial.level);
  path.trend.assign(y.size(), initial.slope);
  path.first_origin = m - 1;
  out.squared_error = run(y, initial, out.parameters, combine, true, path);
  if (!std::isfinite(out.squared_error)) return std::nullopt;
  return out;
}

}  // namespace bellwether::forecast
