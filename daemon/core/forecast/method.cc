#include "core/forecast/method.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/forecast/combination.h"
#include "core/forecast/exponential_smoothing.h"
#include "core/forecast/theta.h"

namespace bellwether::forecast {
namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, kMethods> kNames = {"naive",
                                                           "seasonal-naive",
                                                           "naive2",
                                                           "ses",
                                                           "holt",
                                                           "damped",
                                                           "holt-winters-additive",
                                                           "holt-winters-multiplicative",
                                                           "theta",
                                                           "thetaf",
                                                           "comb",
                                                           "combination"};

Path naive_path(Series y) {
  Path path;
  path.level.assign(y.begin(), y.end());
  return path;
}

Path seasonal_naive_path(Series y, int period) {
  Path path;
  path.level.assign(y.size(), 0);
  path.period = period;
  path.season.assign(static_cast<size_t>(period), 0);
  path.season.insert(path.season.end(), y.begin(), y.end());
  path.first_origin = static_cast<size_t>(period) - 1;
  return path;
}

// The components for the adjusted series; the caller sets their weight and season.
std::vector<Component> adjusted_components(Series y, Method method) {
  std::vector<Component> out;
  auto const smoothed = [&](Trend trend) {
    out.push_back({.path = smooth(y, fit_smoothing(y, trend)), .parameters = parameters(trend)});
  };
  auto const theta = [&](ThetaEstimation estimation) {
    out.push_back(
        {.path = theta_path(y, fit_theta(y, estimation)), .parameters = kThetaParameters});
  };
  switch (method) {
    case Method::kSes:
      smoothed(Trend::kNone);
      break;
    case Method::kHolt:
      smoothed(Trend::kLinear);
      break;
    case Method::kDamped:
      smoothed(Trend::kDamped);
      break;
    case Method::kTheta:
      theta(ThetaEstimation::kThetaLine);
      break;
    case Method::kThetaR:
      theta(ThetaEstimation::kSeries);
      break;
    case Method::kComb:
      for (Trend trend : {Trend::kNone, Trend::kLinear, Trend::kDamped}) smoothed(trend);
      break;
    default:
      out.push_back({.path = naive_path(y)});
  }
  return out;
}

Season season_of(Series y, int period, SeasonalAdjustment adjustment) {
  switch (adjustment) {
    case SeasonalAdjustment::kNone:
      return {};
    case SeasonalAdjustment::kMultiply:
      return classical_season(y, period, Combine::kMultiply);
    case SeasonalAdjustment::kAdd:
      return classical_season(y, period, Combine::kAdd);
    case SeasonalAdjustment::kTested:
      if (!is_seasonal(y, period)) return {};
      return classical_season(y, period, all_positive(y) ? Combine::kMultiply : Combine::kAdd);
  }
  return {};
}

Fitted not_assessed(NotAssessed why) {
  return {why, {}, {}};
}

Fitted fit_holt_winters(Series y, int period, Combine combine,
                        const std::optional<HoltWintersParameters>& parameters) {
  if (period < 2) return not_assessed(NotAssessed::kBadOption);
  auto fitted = forecast::holt_winters(y, period, combine, parameters);
  if (!fitted) return not_assessed(NotAssessed::kDiverged);
  Fitted out;
  // The parameters: α, β, γ, the initial level and slope, and the initial season.
  out.components.push_back({.path = std::move(fitted->path), .parameters = 5 + period});
  return out;
}

}  // namespace

std::string_view name(Method method) {
  return kNames[static_cast<size_t>(method)];
}

std::optional<Method> method_named(std::string_view name) {
  auto const* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Method>(found - kNames.begin());
}

std::string_view description(Method method) {
  switch (method) {
    case Method::kNaive:
      return "the last value";
    case Method::kSeasonalNaive:
      return "the last value of the same season: a reference for the other methods";
    case Method::kNaive2:
      return "the last value, seasonally adjusted (M4 benchmark Naive 2)";
    case Method::kSes:
      return "simple exponential smoothing on the seasonally adjusted series";
    case Method::kHolt:
      return "Holt's linear trend on the seasonally adjusted series";
    case Method::kDamped:
      return "damped trend (Gardner & McKenzie 1985) on the seasonally adjusted series";
    case Method::kHoltWintersAdditive:
      return "Holt-Winters with an additive season (Winters 1960)";
    case Method::kHoltWintersMultiplicative:
      return "Holt-Winters with a multiplicative season (Winters 1960)";
    case Method::kTheta:
      return "Theta (Assimakopoulos & Nikolopoulos 2000), as in the M4 benchmarks";
    case Method::kThetaR:
      return "Theta as R's thetaf estimates it";
    case Method::kComb:
      return "mean of ses, holt and damped (M4 benchmark Comb)";
    case Method::kCombination:
      return "Theta, the damped trend and a season that evolves, on logarithms";
  }
  return "";
}

size_t length_min(Method method, int period) {
  switch (method) {
    case Method::kNaive:
    case Method::kNaive2:
      return 2;  // with one value there is no error for an interval
    case Method::kSeasonalNaive:
      return static_cast<size_t>(period) + 1;
    case Method::kSes:
      return length_min(Trend::kNone);
    case Method::kHolt:
      return length_min(Trend::kLinear);
    case Method::kDamped:
    case Method::kComb:
    case Method::kCombination:
      return length_min(Trend::kDamped);
    case Method::kHoltWintersAdditive:
    case Method::kHoltWintersMultiplicative:
      return holt_winters_length_min(period);
    case Method::kTheta:
    case Method::kThetaR:
      return kThetaLengthMin;
  }
  return 1;
}

Fitted fit(Series y, int period, Method method, SeasonalAdjustment adjustment,
           const std::optional<HoltWintersParameters>& parameters) {
  NotAssessed const why = check(y, length_min(method, period));
  if (why != NotAssessed::kNone) return not_assessed(why);
  bool const multiply =
      method == Method::kHoltWintersMultiplicative || adjustment == SeasonalAdjustment::kMultiply;
  if (multiply && !all_positive(y)) return not_assessed(NotAssessed::kNotPositive);
  switch (method) {
    case Method::kNaive:
      return {NotAssessed::kNone, {{.path = naive_path(y)}}, {}};
    case Method::kSeasonalNaive:
      return {NotAssessed::kNone, {{.path = seasonal_naive_path(y, period)}}, {}};
    case Method::kHoltWintersAdditive:
      return fit_holt_winters(y, period, Combine::kAdd, parameters);
    case Method::kHoltWintersMultiplicative:
      return fit_holt_winters(y, period, Combine::kMultiply, parameters);
    case Method::kCombination:
      return fit_combination(y, period);
    default:
      break;
  }
  Season const season = season_of(y, period, adjustment);
  std::vector<double> adjusted(y.begin(), y.end());
  season.remove(adjusted);
  Fitted out{NotAssessed::kNone, adjusted_components(adjusted, method), {}};
  for (Component& c : out.components) {
    c.weight = 1.0 / static_cast<double>(out.components.size());
    c.season = season;
  }
  return out;
}

}  // namespace bellwether::forecast
