// Purpose: the figure of the results of `bellwether forecast`: one panel per series with the latest
// history, the held-out values, and the forecast as a fan. Thread safety: pure.
#pragma once

#include <span>

#include "analysis/forecast_series.h"
#include "analysis/plot.h"

namespace bellwether::analysis {

// The figure shows at most this much history before the forecast, in seasons or in horizons,
// whichever is longer. A longer history would leave no room for the forecast.
inline constexpr int kPlotHistorySeasons = 5;
inline constexpr int kPlotHistoryHorizons = 4;

// Draws the first kPlotPanelsMax series. A note says how many series the figure leaves out.
// REQUIRES: forecasts[i] belongs to series[i].
PlotFigure forecast_figure(std::span<const Series> series,
                           std::span<const SeriesForecast> forecasts,
                           const ForecastOptions& options);

}  // namespace bellwether::analysis
