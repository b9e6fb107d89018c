// Purpose: the results of `bellwether forecast` as CSV, and its scores as rows. Thread safety:
// pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/forecast_series.h"

namespace bellwether::analysis {

// Example: "series,period,mean,lo80,hi80,lo95,hi95\n".
std::string forecast_columns(std::span<const double> levels);

// Appends a line for each period of the horizon. Numbers have ten significant digits; a series that
// cannot be forecast has empty cells.
void append_forecast_rows(std::string& csv, const SeriesForecast& forecast,
                          const ForecastOptions& options);

struct ScoreRow {
  std::string series;  // empty: over all series
  std::string_view method;
  Holdout holdout;
};

// For each series one row of the method and one of the seasonal naive method. If there are several
// series, also their means over the series that both methods could forecast; every series has the
// same weight. REQUIRES: forecasts made with options.holdout.
std::vector<ScoreRow> score_rows(std::span<const SeriesForecast> forecasts,
                                 const ForecastOptions& options);

// Columns "series,method,periods,smape,mase,cover80,cover95,state", one line per row. sMAPE and
// coverages are in %.
std::string scores_csv(std::span<const ScoreRow> rows, std::span<const double> levels);

}  // namespace bellwether::analysis
