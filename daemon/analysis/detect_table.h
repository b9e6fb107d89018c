// Purpose: the results of `bellwether detect` as CSV. Thread safety: pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "analysis/detect_series.h"

namespace bellwether::analysis {

inline constexpr std::string_view kDetectColumns =
    "series,period,observed,expected,dispersion,lower,upper,p_low,p_high,score,cusum,onset,state,"
    "deviation,false_alarms_a_year,hit_by\n";

// Appends a line for each row of the series from period `from` on (all rows if nullopt). Numbers
// have ten significant digits; absent figures are empty cells.
void append_detect_rows(std::string& csv, std::string_view series, std::span<const DetectRow> rows,
                        const PeriodScale& scale, std::optional<base::PeriodIndex> from);

}  // namespace bellwether::analysis
