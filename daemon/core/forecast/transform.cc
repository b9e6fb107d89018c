#include "core/forecast/transform.h"

#include <algorithm>
#include <cmath>

namespace bellwether::forecast {

void Transform::apply(std::span<double> values) const {
  if (!logs) return;
  for (double& value : values) value = std::log(value + offset);
}

void Transform::undo(std::span<double> values) const {
  if (!logs) return;
  for (double& value : values) {
    value = std::max(0.0, std::exp(std::clamp(value, -kLogMax, kLogMax)) - offset);
  }
}

double median(std::vector<double> values) {
  auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

bool has_logs(Series y) {
  return std::ranges::all_of(y, [](double value) { return value >= 0; }) &&
         median({y.begin(), y.end()}) >= kMedianMin;
}

Transform logs_of(Series y, double smallest) {
  double const raised = kOffsetShare * median({y.begin(), y.end()});
  return {true, std::max(0.0, raised - smallest)};
}

}  // namespace bellwether::forecast
