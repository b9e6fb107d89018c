// Purpose: the distance between the ticks of an axis.
// Thread safety: pure.
#pragma once

#include <cmath>

namespace bellwether::analysis {

// The smallest of 1, 2 and 5 times a power of ten that is at least `least` > 0. Comparison to nine
// digits.
inline double round_step(double least) {
  double const power = std::pow(10, std::floor(std::log10(least)));
  for (double lead : {1.0, 2.0, 5.0}) {
    if (lead * power >= least * (1 - 1e-9)) return lead * power;
  }
  return 10 * power;
}

}  // namespace bellwether::analysis
