// Purpose: the figure of the results of `bellwether detect`: one panel per series. Thread safety:
// pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/detect_series.h"
#include "analysis/plot.h"

namespace bellwether::analysis {

struct DetectedSeries {
  std::string name;
  std::vector<DetectRow> rows;
};

// Draws the first kPlotPanelsMax series, each from period `from` on (whole if nullopt). A note says
// how many series the figure leaves out.
PlotFigure detect_figure(std::span<const DetectedSeries> series, const DetectOptions& options,
                         std::optional<base::PeriodIndex> from);

}  // namespace bellwether::analysis
