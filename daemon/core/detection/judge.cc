#include "core/detection/judge.h"

#include <limits>
#include <vector>

#include "core/detection/multiplicity.h"

namespace bellwether::detection {

void judge_together(std::span<Judged> series, Recalibration& recalibration) {
  recalibration.clear();
  for (const Judged& j : series) {
    if (j.assessment != nullptr) recalibration.add(*j.assessment);
  }
  recalibration.pool_widths();
  size_t tested = 0;
  for (const Judged& j : series) {
    if (j.assessment != nullptr) recalibration.add_tail(tested++, j.settled_tail);
  }
  recalibration.pool_tails();
  tested = 0;
  std::vector<double> p(series.size(), std::numeric_limits<double>::quiet_NaN());
  for (size_t i = 0; i < series.size(); ++i) {
    if (series[i].assessment == nullptr) continue;
    p[i] = series[i].p = recalibration.p(tested++, *series[i].assessment);
  }
  std::vector<double> adjusted(series.size());
  benjamini_hochberg(p, adjusted);
  for (size_t i = 0; i < series.size(); ++i) series[i].p_adjusted = adjusted[i];
}

}  // namespace bellwether::detection
