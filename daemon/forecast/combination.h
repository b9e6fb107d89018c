// Purpose: placeholder
#pragma once
#include "forecast/method.h"
namespace bellwether::forecast {
std::vector<Component> fit_combination(Series y, int period);
}  // namespace bellwether::forecast
