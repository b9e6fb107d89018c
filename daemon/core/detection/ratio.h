// Purpose: a detector for shares (distress enquiries among all enquiries): scores through the
// variance-stabilising arcsine transform, z = 2 √n (asin √p − asin √p₀) / √φ (Anscombe 1948; Ryan,
// Statistical Methods for Quality Improvement, 3rd ed., 6.1), and a CUSUM of these.
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/base/calendar.h"
#include "core/detection/cusum.h"
#include "core/detection/series.h"

namespace bellwether::detection {

// Numerators and denominators of consecutive periods, the first at `first`; of equal length. A
// period whose numerator is not within 0 … denominator is no share: not scored and in no baseline.
struct ShareSeries {
  base::Calendar calendar{base::CalendarUnit::kWeek};
  base::PeriodIndex first;
  std::span<const int32_t> numerators;
  std::span<const int32_t> denominators;
};

struct RatioOptions {
  int years = 3;             // baseline
  int exclude_recent = 6;    // periods before the target that the baseline leaves out
  int periods_min = 12;      // periods with a denominator that a baseline needs; at least 2
  int denominator_min = 10;  // smaller periods are not scored; at least 1
  int path_periods_max = 104;
  static RatioOptions for_calendar(base::Calendar calendar);
};

struct RatioAssessment {
  std::string_view not_assessed;  // why; empty when assessed
  double observed = 0;            // share, 0 … 1
  double expected = 0;            // pooled share of the baseline
  double lower = 0;               // 95 % around the expected at this denominator
  double upper = 0;
  double dispersion = 1;  // φ ≥ 1, of the baseline's scores
  double p = 1;           // of the harmful tail
  double z = 0;           // positive is harm
  double cusum = 0;
  base::PeriodIndex onset;
  int points = 0;  // periods in the baseline
};

// Each period of the path is scored against its own baseline.
RatioAssessment assess_share(const ShareSeries& series, base::PeriodIndex target,
                             std::span<const PeriodRange> excluded, Harm harm,
                             const RatioOptions& options, const CusumOptions& cusum);

}  // namespace bellwether::detection
