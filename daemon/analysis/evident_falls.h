// Purpose: dates the falls of a series itself (rises, if high counts are harm), with the knowledge
// of the whole series. They show which alarms outside official downturns are false, and which
// official downturns a series took no part in.
//   A period begins a fall if the mean of the next quarter from it on is at least kEvidentDrop
//   below the mean of the year before it, and the difference of the logarithms is at least
//   kEvidentT standard errors. Counts are freed of season and calendar before. The standard error
//   is that of independent periods; their scatter is taken from differences of neighbours.
// Thread safety: pure.
#pragma once

#include <vector>

#include "core/base/calendar.h"
#include "core/detection/series.h"

namespace bellwether::analysis {

inline constexpr double kEvidentDrop = 0.10;
inline constexpr double kEvidentT = 3;

// The first periods of the falls, in order. A fall within half a year of a period that also begins
// one is the same fall.
std::vector<base::PeriodIndex> evident_falls(const detection::CountSeries& series,
                                             detection::Harm harm);

}  // namespace bellwether::analysis
