#include "analysis/windows.h"

#include <algorithm>
#include <utility>

namespace bellwether::analysis {

using base::PeriodIndex;

std::array<int, 4> reported_delays(base::Calendar calendar) {
  if (calendar.unit() == base::CalendarUnit::kWeek) return {4, 8, 13, 26};
  return {1, 2, 4, 6};
}

int lead_of(base::Calendar calendar) {
  return calendar.unit() == base::CalendarUnit::kWeek ? 26 : 6;
}

Windows::Windows(const std::vector<Downturn>& downturns, std::vector<PeriodIndex> falls,
                 base::Calendar calendar, int lead)
    : falls_(std::move(falls)), lead_(lead), delay_(reported_delays(calendar)[2]) {
  base::Calendar const months(base::CalendarUnit::kMonth);
  for (const Downturn& d : downturns) {
    base::Days const last(months.first_day(PeriodIndex(d.end + 1)).value - 1);
    windows_.push_back(
        {calendar.period_of(months.first_day(PeriodIndex(d.start))), calendar.period_of(last)});
  }
}

Windows::Windows(const std::vector<PeriodIndex>& falls, base::Calendar calendar, int lead)
    : falls_(falls), lead_(lead), delay_(reported_delays(calendar)[2]) {
  for (PeriodIndex const f : falls)
    windows_.push_back({f, PeriodIndex(f.value + calendar.periods_per_year() - 1)});
}

Ground Windows::at(int32_t period) const {
  Ground g = Ground::kQuiet;
  for (const detection::PeriodRange& d : windows_) {
    if (d.first.value <= period && period <= d.last.value) return Ground::kDownturn;
    if (d.first.value - lead_ <= period && period < d.first.value) g = Ground::kEarly;
  }
  return g;
}

bool Windows::falls_itself(const detection::PeriodRange& d) const {
  return std::ranges::any_of(falls_, [&](PeriodIndex f) {
    return d.first.value - lead_ <= f.value && f.value < d.first.value + delay_;
  });
}

}  // namespace bellwether::analysis
