// Purpose: what `bellwether forecast` says, as CSV, and its scores as rows.
// Thread safety: pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/forecast_series.h"

namespace bellwether::analysis {

// "series,period,mean,lo80,hi80,lo95,hi95\n".
std::string forecast_columns(std::span<const double> levels);

// Appends a line for each period of the horizon: numbers with ten significant digits, empty cells
// for a series that cannot be forecast.
void append_forecast_rows(std::string& csv, const SeriesForecast& forecast,
                          const ForecastOptions& options);

struct ScoreRow {
  std::string series;  // empty: over all series
  std::string_view method;
  Holdout holdout;
};

// Of each series by the method and, beside it, by the seasonal naive one; then over those series
// that both could forecast, each of the same weight, where there are several. REQUIRES: forecasts
// made with options.holdout.
std::vector<ScoreRow> score_rows(std::span<const SeriesForecast> forecasts,
                                 const ForecastOptions& options);

// "series,method,periods,smape,mase,cover80,cover95,state" and a line a row: sMAPE and coverages in
// %.
std::string scores_csv(std::span<const ScoreRow> rows, std::span<const double> levels);

}  // namespace bellwether::analysis
