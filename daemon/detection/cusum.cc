#include "detection/cusum.h"

#include <algorithm>

namespace bellwether::detection {

void Cusum::add(base::PeriodIndex period, double z) {
  double const before = value_;
  value_ = std::max(0.0, value_ + std::clamp(z, -options_.clip, options_.clip) - options_.reference);
  if (before == 0 && value_ > 0) onset_ = period;
}

}  // namespace bellwether::detection
