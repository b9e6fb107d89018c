#include "forecast/combination.h"

#include <cmath>
#include <utility>

#include "forecast/exponential_smoothing.h"
#include "forecast/theta.h"

namespace bellwether::forecast {
namespace {

constexpr double kAdjustedWeight = 2.0 / 3;

void add_pair(Series y, const Season& season, bool logs, double weight,
              std::vector<Component>& out) {
  out.push_back({weight / 2, logs, season, theta_path(y, fit_theta(y, ThetaEstimation::kThetaLine)),
                 kThetaParameters});
  out.push_back({weight / 2, logs, season, smooth(y, fit_smoothing(y, Trend::kDamped)),
                 parameters(Trend::kDamped)});
}

}  // namespace

std::vector<Component> fit_combination(Series y, int period) {
  bool const logs = all_positive(y);
  std::vector<double> values(y.begin(), y.end());
  if (logs) {
    for (double& value : values) value = std::log(value);
  }
  Season season;
  if (is_seasonal(values, period)) season = classical_season(values, period, Combine::kAdd);
  std::vector<Component> out;
  bool const adjusted = !season.index.empty();
  add_pair(values, {}, logs, adjusted ? 1 - kAdjustedWeight : 1, out);
  if (!adjusted) return out;
  season.remove(values);
  add_pair(values, season, logs, kAdjustedWeight, out);
  return out;
}

}  // namespace bellwether::forecast
