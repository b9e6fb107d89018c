// Purpose: a detector for shares (for example, distress enquiries among all enquiries): scores from
// the variance-stabilising arcsine transform, z = 2 √n (asin √p − asin √p₀) / √φ (Anscombe 1948;
// Ryan, Statistical Methods for Quality Improvement, 3rd ed., 6.1), and a CUSUM of these scores.
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/base/calendar.h"
#include "core/detection/cusum.h"
#include "core/detection/series.h"

namespace bellwether::detection {

// Numerators and denominators of consecutive periods, the first one at `first`; both have the same
// length. A period whose numerator is not within 0 … denominator is invalid: it is not scored and
// no baseline uses it.
struct ShareSeries {
  base::Calendar calendar{base::CalendarUnit::kWeek};
  base::PeriodIndex first;
  std::span<const int32_t> numerators;
  std::span<const int32_t> denominators;
};

struct RatioOptions {
  int years = 3;             // length of the baseline
  int exclude_recent = 6;    // periods before the target that the baseline leaves out
  int periods_min = 12;      // periods with a denominator that a baseline needs; at least 2
  int denominator_min = 10;  // periods with a smaller denominator are not scored; at least 1
  int path_periods_max = 104;
  static RatioOptions for_calendar(base::Calendar calendar);
};

struct RatioAssessment {
  std::string_view not_assessed;  // the reason; empty if assessed
  double observed = 0;            // share, 0 … 1
  double expected = 0;            // pooled share of the baseline
  double lower = 0;               // 95 % interval of the expected share at this denominator
  double upper = 0;
  double dispersion = 1;  // φ ≥ 1, of the baseline's scores
  double p = 1;           // of the harmful tail
  double z = 0;           // positive is harm
  double cusum = 0;
  base::PeriodIndex onset;
  int points = 0;  // periods in the baseline
};

// Scores each period of the path against its own baseline.
RatioAssessment assess_share(const ShareSeries& series, base::PeriodIndex target,
                             std::span<const PeriodRange> excluded, Harm harm,
                             const RatioOptions& options, const CusumOptions& cusum);

}  // namespace bellwether::detection
