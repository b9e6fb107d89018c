#include "analysis/series_plot.h"

#include "core/base/text.h"

namespace bellwether::analysis {
namespace {

constexpr int kTicksMax = 14;

}  // namespace

void set_period_axis(PlotPanel& panel, const PeriodScale& scale, base::PeriodIndex first,
                     base::PeriodIndex last) {
  panel.x = {plot_x(first), plot_x(last)};
  for (PeriodTick& tick : period_ticks(scale, first, last, kTicksMax))
    panel.ticks.push_back({plot_x(tick.period), std::move(tick.label)});
}

std::string panels_note(size_t series) {
  if (series <= kPlotPanelsMax) return "";
  return base::cat("The first ", kPlotPanelsMax, " of ", series,
                   " series; the table has all of them.");
}

}  // namespace bellwether::analysis
