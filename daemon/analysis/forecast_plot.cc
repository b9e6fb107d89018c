#include "analysis/forecast_plot.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "analysis/series_plot.h"
#include "core/base/text.h"

namespace bellwether::analysis {
namespace {

// The colour of `bands` bands drawn on each other. The key of an interval uses it, because an
// interval lies under all narrower ones.
PlotColour seen_through(size_t bands) {
  PlotColour c = kPlotBand;
  c.alpha = 1 - std::pow(1 - kPlotBand.alpha, static_cast<double>(bands));
  return c;
}

std::vector<PlotKey> keys_of(const ForecastOptions& o) {
  std::vector<PlotKey> keys = {{PlotSample::kLine, kPlotObserved, "observed"},
                               {PlotSample::kLine, kPlotExpected, "forecast"}};
  for (size_t l = 0; l < o.levels.size(); ++l) {
    keys.push_back({PlotSample::kBand, seen_through(o.levels.size() - l),
                    absl::StrFormat("%g %% interval", o.levels[l])});
  }
  return keys;
}

std::string measured(const Holdout& h) {
  if (!h.why.empty()) return base::cat("not assessed: ", h.why);
  std::string text = absl::StrFormat("sMAPE %.1f %%", h.accuracy.smape);
  if (h.accuracy.mase) base::append(text, absl::StrFormat(", MASE %.2f", *h.accuracy.mase));
  return text;
}

std::string remark_of(const SeriesForecast& f, size_t shown, size_t points) {
  std::string text;
  if (!f.why.empty()) {
    text = base::cat("not assessed: ", f.why);
  } else if (f.holdout) {
    text = base::cat(measured(*f.holdout), " (seasonal naive: ", measured(*f.seasonal_naive), ")");
  }
  if (shown < points) {
    base::append(text, text.empty() ? "" : "; ", "the latest ", shown, " of ", points, " periods");
  }
  return text;
}

void add_forecast(PlotPanel& panel, const SeriesForecast& f, const PeriodScale& scale) {
  auto const x_at = [&](size_t h) { return plot_x(f.first) + static_cast<double>(h); };
  // Draws the widest band first, so that the narrower bands lie on it.
  for (size_t l = f.forecast.intervals.size(); l-- > 0;) {
    const forecast::IntervalPath& interval = f.forecast.intervals[l];
    PlotBand band{{}, kPlotBand};
    for (size_t h = 0; h < interval.lower.size(); ++h)
      band.spans.push_back({x_at(h), PlotRange{interval.lower[h], interval.upper[h]}});
    panel.bands.push_back(std::move(band));
  }
  PlotLine mean{{}, kPlotExpected, 1.6};
  for (size_t h = 0; h < f.forecast.mean.size(); ++h)
    mean.points.push_back({x_at(h), f.forecast.mean[h]});
  panel.lines.push_back(std::move(mean));
  panel.rules.push_back(
      {plot_x(f.first) - 0.5, base::cat("forecast from ", scale.name(f.first)), kPlotExpected});
}

PlotPanel panel_of(const Series& series, const SeriesForecast& f, const ForecastOptions& o) {
  PlotPanel panel;
  panel.title = series.name;
  std::span<const SeriesPoint> points = series.points;
  if (points.empty()) {
    panel.remark = "no periods";
    return panel;
  }
  size_t const history = static_cast<size_t>(
      std::max(kPlotHistorySeasons * o.season, kPlotHistoryHorizons * o.horizon));
  size_t const shown = std::min(points.size(), history + static_cast<size_t>(o.holdout));
  panel.remark = remark_of(f, shown, points.size());
  points = points.last(shown);
  base::PeriodIndex last = points.back().period;
  if (f.why.empty()) {
    add_forecast(panel, f, o.scale);
    last = std::max(last, base::PeriodIndex(f.first.value + o.horizon - 1));
  }
  PlotLine observed{{}, kPlotObserved, 1.3};
  for (const SeriesPoint& p : points) observed.points.push_back({plot_x(p.period), p.value});
  panel.lines.push_back(std::move(observed));
  set_period_axis(panel, o.scale, points.front().period, last);
  return panel;
}

}  // namespace

PlotFigure forecast_figure(std::span<const Series> series,
                           std::span<const SeriesForecast> forecasts, const ForecastOptions& o) {
  PlotFigure figure;
  figure.title = o.holdout > 0
                     ? base::cat("The latest ", o.holdout, " periods, forecast from those before")
                     : "Forecast";
  base::append(figure.title, " (", forecast::name(o.method), ")");
  figure.x_label = o.scale.unit_name();
  figure.y_label = base::cat("value a ", figure.x_label);
  figure.keys = keys_of(o);
  for (size_t i = 0; i < std::min(series.size(), kPlotPanelsMax); ++i)
    figure.panels.push_back(panel_of(series[i], forecasts[i], o));
  figure.note = panels_note(series.size());
  return figure;
}

}  // namespace bellwether::analysis
