#include "forecast/combination.h"
namespace bellwether::forecast {
std::vector<Component> fit_combination(Series y, int period) {
  return fit(y, period, Method::kDamped, SeasonalAdjustment::kTested, {}).components;
}
}  // namespace bellwether::forecast
