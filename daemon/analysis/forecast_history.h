// Purpose: the history for a forecast of an analyst's series: values of consecutive periods up to
// the latest value. Forecasting methods accept no gaps, so short gaps are bridged, and the history
// begins after the last long gap. The result lists the bridged periods and counts the values left
// out. Thread safety: pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "analysis/series_csv.h"

namespace bellwether::analysis {

inline constexpr size_t kBridgeMax = 3;          // periods in a row
inline constexpr double kBridgedShareMax = 0.1;  // of the history

struct ForecastHistory {
  std::string why;  // why there is no history; then all other fields are empty
  base::PeriodIndex first;
  std::vector<double> values;
  std::vector<base::PeriodIndex> bridged;  // the periods in `values` that are not observed
  size_t left_out = 0;                     // values before the last gap too long to bridge
};

// Bridges are straight lines between the neighbours. If the series has a season of `season`
// periods, the line is drawn on the series without its season, as R's forecast::na.interp does with
// another decomposition. REQUIRES: 1 ≤ season ≤ forecast::kPeriodMax.
ForecastHistory forecast_history(std::span<const SeriesPoint> points, int season);

}  // namespace bellwether::analysis
