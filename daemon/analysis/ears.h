// Purpose: the Early Aberration Reporting System's three charts, for a series too young for a
// seasonal baseline. Hutwagner, Thompson, Seeman & Treadwell (2003), Journal of
// Urban Health 80, i89–i96; as earsC of R's surveillance 1.20.3 computes them. Invariants: no
// season and no trend is known here: a seasonal series alarms at its season. Thread safety: pure.
#pragma once

#include <cstdint>

#include "core/base/calendar.h"
#include "core/detection/farrington.h"
#include "core/detection/series.h"

namespace bellwether::analysis {

enum class EarsMethod : uint8_t {
  kC1,  // mean and standard deviation of the periods just before
  kC2,  // of the periods before the latest two
  kC3,  // as C2, accumulated over three periods
};

struct EarsOptions {
  EarsMethod method = EarsMethod::kC1;
  int baseline_periods = 7;  // at least kEarsBaselineMin
  double alpha = 0.001;      // of the bound; R uses 0.025 for C3
};
inline constexpr int kEarsBaselineMin = 3;
inline constexpr int kEarsLag = 2;  // of C2 and C3

struct EarsAssessment {
  detection::NotAssessed why =
      detection::NotAssessed::kNone;  // kShortHistory when the baseline begins before the series
  int64_t observed = 0;
  double mean = 0;
  double deviation = 0;  // standard deviation of the baseline
  double upper = 0;      // above this is an alarm
  double score = 0;      // C1, C2: (observed − mean)/deviation; C3: what has accumulated
};

// Finite for all counts. A baseline that does not scatter gives a score of ±detection::kZMax to any
// other count. REQUIRES 0 < alpha < 1.
EarsAssessment assess_ears(const detection::CountSeries& series, base::PeriodIndex target,
                           const EarsOptions& options);

}  // namespace bellwether::analysis
