// Purpose: the three charts of the Early Aberration Reporting System, for a series too young for a
// seasonal baseline. Source: Hutwagner, Thompson, Seeman & Treadwell (2003), Journal of Urban
// Health 80, i89–i96, computed like earsC of R's surveillance 1.20.3. Invariants: the charts know
// no season and no trend, so a seasonal series raises alarms in its high season. Thread safety:
// pure.
#pragma once

#include <cstdint>

#include "core/base/calendar.h"
#include "core/detection/farrington.h"
#include "core/detection/series.h"

namespace bellwether::analysis {

enum class EarsMethod : uint8_t {
  kC1,  // mean and standard deviation of the periods just before
  kC2,  // the same of the periods before the latest two
  kC3,  // like C2, accumulated over three periods
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
      detection::NotAssessed::kNone;  // kShortHistory if the baseline begins before the series
  int64_t observed = 0;
  double mean = 0;
  double deviation = 0;  // standard deviation of the baseline
  double upper = 0;      // a count above it is an alarm
  double score = 0;      // C1, C2: (observed − mean)/deviation; C3: the accumulated excess
};

// The result is finite for all counts. If the baseline has no scatter, any count other than the
// mean gets a score of ±detection::kZMax. REQUIRES 0 < alpha < 1.
EarsAssessment assess_ears(const detection::CountSeries& series, base::PeriodIndex target,
                           const EarsOptions& options);

}  // namespace bellwether::analysis
