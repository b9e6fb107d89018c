#include "forecast/path.h"

#include <cmath>

namespace bellwether::forecast {

double Path::trend_steps(int h) const {
  return phi == 1 ? h : phi * (1 - std::pow(phi, h)) / (1 - phi);
}

double Path::forecast(size_t t, int h, double steps) const {
  double const line = trend.empty() ? level[t] : level[t] + steps * trend[t];
  if (season.empty()) return line;
  // season[period + u] with u the latest period ≤ t of the same season as t + h.
  auto const back = static_cast<size_t>((h - 1) % period + 1);
  double const s = season[t + back];
  return combine == Combine::kAdd ? line + s : line * s;
}

}  // namespace bellwether::forecast
