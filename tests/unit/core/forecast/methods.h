// The forecasting methods, for tests that try each of them.
#pragma once

#include <vector>

#include "core/forecast/forecast.h"

namespace bellwether::forecast {

inline std::vector<Method> all_methods() {
  std::vector<Method> out;
  for (size_t i = 0; i < kMethods; ++i) out.push_back(static_cast<Method>(i));
  return out;
}

inline Options with(Method method) {
  Options options;
  options.method = method;
  return options;
}

}  // namespace bellwether::forecast
