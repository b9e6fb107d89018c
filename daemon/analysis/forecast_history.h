// Purpose: what a forecast of an analyst's series rests on: values of consecutive periods, up to
// the latest one. Forecasting methods know no gaps, so short ones are bridged and a long one is
// where the history begins; both are told. Thread safety: pure.
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
  std::string why;  // there is none: all else is empty
  base::PeriodIndex first;
  std::vector<double> values;
  std::vector<base::PeriodIndex> bridged;  // those of `values` that are not observed
  size_t left_out = 0;                     // values before the last gap too long to bridge
};

// Bridges are straight lines from one neighbour to the other: on the series without its season
// where it has one of `season` periods, as R's forecast::na.interp has it with another
// decomposition. REQUIRES: 1 ≤ season ≤ forecast::kPeriodMax.
ForecastHistory forecast_history(std::span<const SeriesPoint> points, int season);

}  // namespace bellwether::analysis
