// The checks of sound_detection.h for the EARS charts.
#pragma once

#include <string>

#include "analysis/ears.h"
#include "support/sound_detection.h"

namespace bellwether::testing {

inline std::string unsound(const analysis::EarsAssessment& a) {
  if (!all_finite({a.mean, a.deviation, a.upper, a.score})) return "a figure is not finite";
  if (a.observed < 0 || a.mean < 0 || a.deviation < 0 || a.upper < 0) return "fewer than none";
  return "";
}

}  // namespace bellwether::testing
