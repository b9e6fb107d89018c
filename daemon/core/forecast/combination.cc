#include "core/forecast/combination.h"

#include <cmath>
#include <utility>

#include "core/forecast/exponential_smoothing.h"
#include "core/forecast/theta.h"

namespace bellwether::forecast {

std::vector<Component> fit_combination(Series y, int period) {
  bool const logs = all_positive(y);
  std::vector<double> values(y.begin(), y.end());
  if (logs) {
    for (double& value : values) value = std::log(value);
  }
  Season season;
  if (is_seasonal(values, period)) {
    season = shrunk(classical_season(values, period, Combine::kAdd), values);
  }
  season.remove(values);
  std::vector<Component> out;
  auto const half = [&](Path path, int parameters) {
    out.push_back({0.5, logs, season, std::move(path), parameters});
  };
  half(theta_path(values, fit_theta(values, ThetaEstimation::kThetaLine)), kThetaParameters);
  half(smooth(values, fit_smoothing(values, Trend::kDamped)), parameters(Trend::kDamped));
  return out;
}

}  // namespace bellwether::forecast
