// Purpose: the figure of what `bellwether forecast` says: a panel a series with the latest history,
// what was held out, and the forecast as a fan.
// Thread safety: pure.
#pragma once

#include <span>

#include "analysis/forecast_series.h"
#include "analysis/plot.h"

namespace bellwether::analysis {

// Periods of history before the forecast are as many as these, if there are so many: with all of
// them nothing could be seen of the forecast.
inline constexpr int kPlotHistorySeasons = 5;
inline constexpr int kPlotHistoryHorizons = 4;

// Of the first kPlotPanelsMax series; a note says how many were left out.
// REQUIRES: forecasts[i] is of series[i].
PlotFigure forecast_figure(std::span<const Series> series,
                           std::span<const SeriesForecast> forecasts,
                           const ForecastOptions& options);

}  // namespace bellwether::analysis
