#include "core/detection/closed_periods.h"

namespace bellwether::detection {

std::vector<PeriodRange> closed_periods(const base::BusinessCalendar& days,
                                        base::Calendar calendar) {
  std::vector<PeriodRange> out;
  for (base::Days const day : days.days().closures) {
    base::PeriodIndex const period = calendar.period_of(day);
    if (!days.closed(calendar, period)) continue;
    if (out.empty() || out.back().last.value + 1 < period.value) {
      out.push_back({period, period});
    } else {
      out.back().last = period;
    }
  }
  return out;
}

}  // namespace bellwether::detection
