// Purpose: when an alarm is early, meets a downturn or is outside: for downturns on record, and for
// the falls of a series itself (evident_falls.h).
// Thread safety: pure.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analysis/review.h"
#include "core/base/calendar.h"
#include "core/detection/series.h"

namespace bellwether::analysis {

// Delays in periods. The report gives the share of downturns found within each: 4, 8, 13, 26 weeks
// or 1, 2, 4, 6 months.
std::array<int, 4> reported_delays(base::Calendar calendar);

// An alarm up to this long before a downturn is early, not false: half a year, in periods.
int lead_of(base::Calendar calendar);

enum class Ground : uint8_t { kQuiet, kEarly, kDownturn };

// Downturns in periods of the calendar: official ones, or the falls of a series itself.
class Windows {
 public:
  // `falls`: those of the series, for the ceiling. `lead`: in periods.
  Windows(const std::vector<Downturn>& downturns, std::vector<base::PeriodIndex> falls,
          base::Calendar calendar, int lead);
  // Each fall lasts for a year.
  Windows(const std::vector<base::PeriodIndex>& falls, base::Calendar calendar, int lead);

  Ground at(int32_t period) const;
  const std::vector<detection::PeriodRange>& all() const { return windows_; }
  // Whether the series itself falls around the start of a downturn.
  bool falls_itself(const detection::PeriodRange& downturn) const;

 private:
  std::vector<detection::PeriodRange> windows_;
  std::vector<base::PeriodIndex> falls_;
  int lead_;
  int delay_;
};

}  // namespace bellwether::analysis
