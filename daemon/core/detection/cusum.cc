#include "core/detection/cusum.h"

#include <algorithm>
#include <cmath>

namespace bellwether::detection {

void Cusum::add(base::PeriodIndex period, double z) {
  if (std::isnan(z)) return;
  double const before = value_;
  double const clipped = std::clamp(z, -options_.clip, options_.clip);
  value_ = std::clamp(value_ + clipped - options_.reference, 0.0, options_.threshold_h);
  if (before == 0 && value_ > 0) onset_ = period;
}

}  // namespace bellwether::detection
