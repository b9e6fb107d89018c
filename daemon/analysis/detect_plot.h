// Purpose: the figure of what `bellwether detect` says: a panel a series.
// Thread safety: pure.
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

// Of the first kPlotPanelsMax series, from `from` on (all, without one); a note says how many were
// left out.
PlotFigure detect_figure(std::span<const DetectedSeries> series, const DetectOptions& options,
                         std::optional<base::PeriodIndex> from);

}  // namespace bellwether::analysis
