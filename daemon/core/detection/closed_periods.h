// Purpose: the periods in which businesses and registers rest, in the form that detectors take.
// Thread safety: pure.
#pragma once

#include <vector>

#include "core/base/business_calendar.h"
#include "core/base/calendar.h"
#include "core/detection/series.h"

namespace bellwether::detection {

// The closed periods of all years, in order of time, disjoint. Adjacent ones are one range. Empty
// for months (base::BusinessCalendar::closed).
std::vector<PeriodRange> closed_periods(const base::BusinessCalendar& days,
                                        base::Calendar calendar);

}  // namespace bellwether::detection
