#include "core/forecast/exponential_smoothing.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/forecast/pattern_search.h"
#include "core/forecast/smoothing_errors.h"

namespace bellwether::forecast {
namespace {

constexpr double kSmoothingMin = 1e-4;
constexpr double kAlphaMax = 0.9999;
constexpr double kBetaMin = 1e-4;
constexpr double kPhiMin = 0.8;
constexpr double kPhiMax = 0.98;
constexpr double kStepFirst = 0.12;  // first step of a search, after the grid
constexpr double kStepMin = 1e-3;

struct InitialState {
  double forecast = 0;  // of the first value
  double slope = 0;     // the trend's part of it
  double squared_error = 0;
};

InitialState best_state(const Sums& s, size_t lane, bool trend) {
  double const ee = s.ee[lane], ep = s.ep[lane], pp = s.pp[lane];
  InitialState out;
  double const determinant = trend ? pp * s.qq[lane] - s.pq[lane] * s.pq[lane] : 0;
  if (determinant > 1e-12 * pp * s.qq[lane]) {
    out.forecast = (ep * s.qq[lane] - s.eq[lane] * s.pq[lane]) / determinant;
    out.slope = (s.eq[lane] * pp - ep * s.pq[lane]) / determinant;
  } else {
    out.forecast = ep / pp;  // pp ≥ 1, because the first error has p = 1
  }
  // A perfect fit leaves only a rounding error, which may be negative.
  out.squared_error = std::max(0.0, ee - out.forecast * ep - (trend ? out.slope * s.eq[lane] : 0));
  return out;
}

// A search uses α, β/α and φ, so that the domain is a box.
template <size_t kDimensions>
Candidates candidates_of(const typename PatternSearch<kDimensions>::Points& points) {
  Candidates c;
  for (size_t i = 0; i < kLanes; ++i) {
    c.alpha[i] = points[i][0];
    if constexpr (kDimensions > 1) c.beta[i] = std::max(kBetaMin, points[i][0] * points[i][1]);
    c.phi[i] = 1;
    if constexpr (kDimensions > 2) c.phi[i] = points[i][2];
  }
  return c;
}

constexpr std::array<double, 8> kAlphaGrid = {0.02, 0.1, 0.22, 0.36, 0.52, 0.68, 0.84, 0.98};
constexpr std::array<double, 4> kRatioGrid = {0.001, 0.03, 0.15, 0.5};
constexpr std::array<double, 2> kPhiGrid = {0.85, 0.96};

template <size_t kDimensions>
Smoothing search(Series y, Trend trend) {
  using Search = PatternSearch<kDimensions>;
  Search search;
  search.step_min = kStepMin;
  search.lower[0] = kSmoothingMin;
  search.upper[0] = kAlphaMax;
  if constexpr (kDimensions > 1) search.upper[1] = 1;
  if constexpr (kDimensions > 2) {
    search.lower[2] = kPhiMin;
    search.upper[2] = kPhiMax;
  }
  double const origin = y[0];
  auto const sums_of = [&](const typename Search::Points& points) {
    Candidates const c = candidates_of<kDimensions>(points);
    return kDimensions == 1 ? level_sums(y, origin, c) : trend_sums(y, origin, c);
  };
  auto const objective = [&](const typename Search::Points& points) {
    Sums const sums = sums_of(points);
    typename Search::Values values;
    for (size_t i = 0; i < kLanes; ++i) {
      values[i] = best_state(sums, i, kDimensions > 1).squared_error;
    }
    return values;
  };
  // The grid: one pass for each β/α and φ, with α across the lanes.
  typename Search::Best best;
  best.value = HUGE_VAL;
  size_t const ratios = kDimensions > 1 ? kRatioGrid.size() : 1;
  size_t const phis = kDimensions > 2 ? kPhiGrid.size() : 1;
  for (size_t pass = 0; pass < ratios * phis; ++pass) {
    typename Search::Points points{};
    for (size_t i = 0; i < kLanes; ++i) {
      points[i][0] = kAlphaGrid[i];
      if constexpr (kDimensions > 1) points[i][1] = kRatioGrid[pass % ratios];
      if constexpr (kDimensions > 2) points[i][2] = kPhiGrid[pass / ratios];
    }
    auto const values = objective(points);
    for (size_t i = 0; i < kLanes; ++i) {
      if (values[i] < best.value) best = {points[i], values[i]};
    }
  }
  best = search.minimise(best, kStepFirst, objective);

  typename Search::Points at;
  at.fill(best.at);
  Candidates const c = candidates_of<kDimensions>(at);
  InitialState const state = best_state(sums_of(at), 0, kDimensions > 1);
  return {trend,
          c.alpha[0],
          c.beta[0],
          c.phi[0],
          origin + (state.forecast - state.slope),
          state.slope / c.phi[0],
          state.squared_error};
}

}  // namespace

Smoothing fit_smoothing(Series y, Trend trend) {
  switch (trend) {
    case Trend::kNone:
      return search<1>(y, trend);
    case Trend::kLinear:
      return search<2>(y, trend);
    case Trend::kDamped:
      return search<3>(y, trend);
  }
  return {};
}

Path smooth(Series y, const Smoothing& s, double slope_max) {
  Path path;
  path.phi = s.phi;
  path.level.resize(y.size());
  if (s.trend != Trend::kNone) path.trend.resize(y.size());
  double level = s.level;
  double slope = s.slope;
  for (size_t t = 0; t < y.size(); ++t) {
    double const fitted = level + s.phi * slope;
    double const e = y[t] - fitted;
    level = fitted + s.alpha * e;
    slope = std::clamp(s.phi * slope + s.beta * e, -slope_max, slope_max);
    path.level[t] = level;
    if (s.trend != Trend::kNone) path.trend[t] = slope;
  }
  return path;
}

}  // namespace bellwether::forecast
