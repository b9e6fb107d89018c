// Purpose: the parts that the figures of an analyst's own series share. Thread safety: pure.
#pragma once

#include <string>

#include "analysis/period_scale.h"
#include "analysis/plot.h"

namespace bellwether::analysis {

inline constexpr PlotColour kPlotObserved{0.18, 0.22, 0.28};
inline constexpr PlotColour kPlotExpected{0.16, 0.45, 0.70};
inline constexpr PlotColour kPlotBand{0.16, 0.45, 0.70, 0.17};

inline double plot_x(base::PeriodIndex p) {
  return static_cast<double>(p.value);
}

// The panel's x axis from `first` to `last`, with its ticks.
void set_period_axis(PlotPanel& panel, const PeriodScale& scale, base::PeriodIndex first,
                     base::PeriodIndex last);

// The note under a figure that has fewer panels than `series`; empty otherwise.
std::string panels_note(size_t series);

}  // namespace bellwether::analysis
