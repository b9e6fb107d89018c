#include "core/forecast/evolving_season.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/forecast/lanes.h"
#include "core/forecast/pattern_search.h"

namespace bellwether::forecast {
namespace {

using SeasonSearch = PatternSearch<4>;  // of α, β/α, γ/(1 − α) and φ, so that the domain is a box

constexpr std::array<double, kLanes> kAlphas = {0.02, 0.1, 0.22, 0.36, 0.52, 0.68, 0.84, 0.98};
constexpr std::array<double, 2> kBetaRatios = {0.01, 0.2};
constexpr std::array<double, 2> kGammaRatios = {0.02, 0.2};
constexpr std::array<double, 2> kPhis = {0.87, 0.96};
constexpr double kFirstStep = 0.12;  // of the search, after the grid
constexpr double kLastStep = 4e-3;

struct SeasonCandidates {
  Lanes alpha{}, beta{}, gamma{}, phi{};
};

SeasonCandidates candidates_at(const SeasonSearch::Points& points) {
  SeasonCandidates c;
  for (size_t i = 0; i < kLanes; ++i) {
    auto const [alpha, beta_ratio, gamma_ratio, phi] = points[i];
    c.alpha[i] = alpha;
    c.beta[i] = alpha * beta_ratio;
    c.gamma[i] = (1 - alpha) * gamma_ratio;
    c.phi[i] = phi;
  }
  return c;
}

// Where the recursion of each candidate begins, and Σ e² where it ends.
struct SeasonRun {
  Lanes level{}, slope{}, squares{};
};

// `states`: the season, kLanes numbers for each of its `length` indices.
BELLWETHER_WIDEST_LANES
void run_season(Series y, const SeasonCandidates& c, double* states, size_t length, SeasonRun& r) {
  Lanes level = r.level;
  Lanes slope = r.slope;
  Lanes squares{};
  Lanes index{};
  size_t const end = length * kLanes;
  size_t at = 0;
  for (double value : y) {
    slope *= c.phi;
    level += slope;
    load(states + at, index);
    Lanes const e = (value - index) - level;
    level += c.alpha * e;
    slope += c.beta * e;
    index += c.gamma * e;
    __builtin_memcpy(states + at, &index, sizeof index);
    squares += e * e;
    at += kLanes;
    if (at == end) at = 0;
  }
  r.squares = squares;
}

// The regression line through the first values without their season.
void begin_with_line(Series y, EvolvingSeason& s) {
  size_t const m = s.season.size();
  auto const n = static_cast<double>(2 * m);
  double sum = 0;
  double sum_t = 0;
  for (size_t t = 0; t < 2 * m; ++t) {
    double const x = y[t] - s.season[t % m] - y[0];
    sum += x;
    sum_t += (static_cast<double>(t) - (n - 1) / 2) * x;
  }
  s.slope = sum_t / (n * (n * n - 1) / 12);
  s.level = y[0] + sum / n - s.slope * (n + 1) / 2;
}

}  // namespace

EvolvingSeason fit_evolving_season(Series y, std::vector<double> season) {
  EvolvingSeason s;
  s.season = std::move(season);
  begin_with_line(y, s);
  SeasonSearch search;
  search.step_min = kLastStep;
  search.lower = {1e-4, 1e-4, 0, 0.8};
  search.upper = {0.9999, 1, 1, 0.98};
  std::vector<double> states(kLanes * s.season.size());
  auto const objective = [&](const SeasonSearch::Points& points) {
    for (size_t i = 0; i < states.size(); ++i) states[i] = s.season[i / kLanes];
    SeasonRun r{Lanes{} + s.level, Lanes{} + s.slope, Lanes{}};
    run_season(y, candidates_at(points), states.data(), s.season.size(), r);
    SeasonSearch::Values values;
    for (size_t i = 0; i < kLanes; ++i) {
      values[i] = std::isfinite(r.squares[i]) ? r.squares[i] : HUGE_VAL;
    }
    return values;
  };
  SeasonSearch::Best best{{kAlphas[0], kBetaRatios[0], kGammaRatios[0], kPhis[0]}, HUGE_VAL};
  for (double beta : kBetaRatios) {
    for (double gamma : kGammaRatios) {
      for (double phi : kPhis) {
        SeasonSearch::Points points;
        for (size_t i = 0; i < kLanes; ++i) points[i] = {kAlphas[i], beta, gamma, phi};
        auto const values = objective(points);
        for (size_t i = 0; i < kLanes; ++i) {
          if (values[i] < best.value) best = {points[i], values[i]};
        }
      }
    }
  }
  best = search.minimise(best, kFirstStep, objective);
  SeasonSearch::Points at;
  at.fill(best.at);
  SeasonCandidates const c = candidates_at(at);
  s.alpha = c.alpha[0];
  s.beta = c.beta[0];
  s.gamma = c.gamma[0];
  s.phi = c.phi[0];
  s.squared_error = best.value;
  return s;
}

Path smooth(Series y, const EvolvingSeason& s, double slope_max) {
  size_t const m = s.season.size();
  Path path;
  path.phi = s.phi;
  path.period = static_cast<int>(m);
  path.level.resize(y.size());
  path.trend.resize(y.size());
  path.season = s.season;
  path.season.resize(m + y.size());
  double level = s.level;
  double slope = s.slope;
  for (size_t t = 0; t < y.size(); ++t) {
    slope *= s.phi;
    level += slope;
    double const e = (y[t] - path.season[t]) - level;
    level += s.alpha * e;
    slope = std::clamp(slope + s.beta * e, -slope_max, slope_max);
    path.season[m + t] = path.season[t] + s.gamma * e;
    path.level[t] = level;
    path.trend[t] = slope;
  }
  return path;
}

}  // namespace bellwether::forecast
