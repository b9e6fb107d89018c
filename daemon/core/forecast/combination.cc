#include "core/forecast/combination.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/forecast/evolving_season.h"
#include "core/forecast/exponential_smoothing.h"
#include "core/forecast/outliers.h"
#include "core/forecast/theta.h"

namespace bellwether::forecast {
namespace {

constexpr size_t kSpanMin = 6;  // periods over which a slope is measured, if the series has them

// The steepest slope that the values kept up over a season. Where the series is too short to tell
// its last values from outliers, the median step.
double steepest(Series x, int period) {
  double largest = 0;
  if (x.size() < kOutlierLengthMin) {
    std::vector<double> steps;
    for (size_t t = 1; t < x.size(); ++t) steps.push_back(std::abs(x[t] - x[t - 1]));
    return median(std::move(steps));
  }
  size_t const season = std::max(kSpanMin, static_cast<size_t>(period));
  size_t const span = std::min(x.size() / 4, season);
  for (size_t t = span; t < x.size(); ++t) {
    largest = std::max(largest, std::abs(x[t] - x[t - span]));
  }
  return largest / static_cast<double>(span);
}

// The series on one scale, and the damped trend fitted there.
struct OnScale {
  Transform scale;
  Season season;
  std::vector<double> seasonal;  // the values to fit, with their season
  std::vector<double> fitted;    // without it
  std::vector<double> known;     // the values from which forecasts are made, without it
  double slope_max = 0;
  Path damped;
};

OnScale fit_on(Transform scale, const Cleaned& cleaned, int period) {
  OnScale out;
  out.scale = scale;
  out.seasonal = cleaned.fitted;
  scale.apply(out.seasonal);
  if (is_seasonal(out.seasonal, period)) {
    out.season = shrunk(classical_season(out.seasonal, period, Combine::kAdd), out.seasonal);
  }
  out.fitted = out.seasonal;
  out.season.remove(out.fitted);
  out.known = cleaned.known;
  scale.apply(out.known);
  out.season.remove(out.known);
  out.slope_max = steepest(Series(out.fitted).first(out.fitted.size() - cleaned.latest), period);
  out.damped = smooth(out.known, fit_smoothing(out.fitted, Trend::kDamped), out.slope_max);
  return out;
}

// Σ (y_t − ŷ_t)² of the damped trend's one-step forecasts, in the series' unit squared.
double squared_error(const OnScale& s, Series y) {
  std::vector<double> forecasts(y.size() - 1);
  s.damped.forecast(0, 1, forecasts);
  s.season.apply(forecasts, 1);
  s.scale.undo(forecasts);
  double sum = 0;
  for (size_t t = 1; t < y.size(); ++t)
    sum += (y[t] - forecasts[t - 1]) * (y[t] - forecasts[t - 1]);
  return sum;
}

OnScale fit_on_better_scale(const Cleaned& cleaned, int period) {
  OnScale plain = fit_on({}, cleaned, period);
  if (!has_logs(cleaned.fitted)) return plain;
  double const smallest =
      std::min(*std::ranges::min_element(cleaned.fitted), *std::ranges::min_element(cleaned.known));
  OnScale logs = fit_on(logs_of(cleaned.fitted, smallest), cleaned, period);
  double const error_on_logs = squared_error(logs, cleaned.fitted);
  bool const clearly = squared_error(plain, cleaned.fitted) < kClearlyBetter * error_on_logs;
  return clearly ? std::move(plain) : std::move(logs);
}

}  // namespace

Fitted fit_combination(Series y, int period) {
  Cleaned cleaned = clean(y, period);
  OnScale on = fit_on_better_scale(cleaned, period);
  bool const seasonal = !on.season.index.empty();
  Fitted out;
  auto const add = [&](Path path, const Season& season, int estimated) {
    double const weight = seasonal ? 1.0 / 3 : 0.5;
    out.components.push_back({weight, on.scale, season, std::move(path), estimated});
  };
  Theta const theta = fit_theta(on.fitted, ThetaEstimation::kThetaLine);
  add(theta_path(on.known, theta), on.season, kThetaParameters);
  add(std::move(on.damped), on.season, parameters(Trend::kDamped));
  if (seasonal) {
    EvolvingSeason const evolving = fit_evolving_season(on.seasonal, on.season.index);
    on.season.apply(on.known);
    add(smooth(on.known, evolving, on.slope_max), {}, kEvolvingSeasonParameters + period);
  }
  out.judged = std::move(cleaned.judged);
  return out;
}

}  // namespace bellwether::forecast
