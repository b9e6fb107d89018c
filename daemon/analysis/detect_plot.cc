#include "analysis/detect_plot.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "analysis/series_plot.h"
#include "core/base/text.h"

namespace bellwether::analysis {
namespace {

constexpr PlotColour kAmber{0.93, 0.58, 0.05};
constexpr PlotColour kRed{0.80, 0.13, 0.15};

std::string title_of(DetectMethod method) {
  switch (method) {
    case DetectMethod::kRule:
      return "Alerts by the daemon's rule";
    case DetectMethod::kFarrington:
      return "Observed against the expectation of earlier years";
    case DetectMethod::kCusum:
      return "Change points by a CUSUM of normal scores";
    case DetectMethod::kEars:
      return "Observed against the EARS bound";
    case DetectMethod::kPoissonCusum:
      return "Change points by a CUSUM of counts";
  }
  return "";
}

std::vector<PlotKey> keys_of(const DetectOptions& o) {
  std::vector<PlotKey> keys = {{PlotSample::kLine, kPlotObserved, "observed"},
                               {PlotSample::kLine, kPlotExpected, "expected"}};
  std::string const share = absl::StrFormat("%g", 100 * (1 - 2 * o.alpha));
  if (o.method == DetectMethod::kEars) {
    keys.push_back({PlotSample::kDashes, kAmber, "EARS bound"});
    keys.push_back({PlotSample::kMark, kAmber, "above the bound"});
    return keys;
  }
  keys.push_back({PlotSample::kBand, kPlotBand, base::cat("where ", share, " % should lie")});
  if (o.method == DetectMethod::kRule) {
    keys.push_back({PlotSample::kMark, kAmber, "amber alert"});
    keys.push_back({PlotSample::kMark, kRed, "red alert"});
    keys.push_back({PlotSample::kDashes, kRed, "onset"});
    return keys;
  }
  if (o.method == DetectMethod::kFarrington)
    keys.push_back({PlotSample::kMark, kAmber, "amber: beyond it"});
  if (o.farrington.compatibility == detection::Compatibility::kNone) {
    keys.push_back({PlotSample::kMark, kRed, "red: the CUSUM is at its threshold"});
    keys.push_back({PlotSample::kDashes, kRed, "onset"});
  }
  return keys;
}

// Draws alarms as marks, and the onset of every change that became red.
void add_alarms(PlotPanel& panel, std::span<const DetectRow> rows, const PeriodScale& scale) {
  int amber = 0;
  int red = 0;
  std::optional<base::PeriodIndex> onset;
  for (const DetectRow& row : rows) {
    if (row.state != DetectState::kAmber && row.state != DetectState::kRed) continue;
    bool const is_red = row.state == DetectState::kRed;
    ++(is_red ? red : amber);
    panel.marks.push_back({plot_x(row.period), *row.observed, is_red ? kRed : kAmber});
    if (!is_red || row.onset == onset) continue;
    onset = row.onset;
    if (plot_x(*onset) >= panel.x.low) {
      panel.rules.push_back({plot_x(*onset), base::cat("since ", scale.name(*onset)), kRed});
    }
  }
  auto const silent = std::ranges::count(rows, DetectState::kNotAssessed, &DetectRow::state);
  panel.remark = base::cat(red, " red, ", amber, " amber of ", rows.size(), " periods");
  if (silent > 0) base::append(panel.remark, ", ", silent, " not assessed");
}

PlotPanel panel_of(const std::string& name, std::span<const DetectRow> rows,
                   const DetectOptions& o) {
  PlotPanel panel;
  panel.title = name;
  if (rows.empty()) {
    panel.remark = "no periods";
    return panel;
  }
  set_period_axis(panel, o.scale, rows.front().period, rows.back().period);
  PlotLine observed{{}, kPlotObserved, 1.3};
  PlotLine expected{{}, kPlotExpected, 1.6};
  PlotLine bound{{}, kAmber, 1.2, true};
  PlotBand band{{}, kPlotBand};
  for (const DetectRow& row : rows) {
    double const x = plot_x(row.period);
    observed.points.push_back({x, row.observed});
    expected.points.push_back({x, row.expected});
    bound.points.push_back({x, row.lower ? std::nullopt : row.upper});
    bool const has_band = row.lower && row.upper;
    band.spans.push_back(
        {x, has_band ? std::optional(PlotRange{*row.lower, *row.upper}) : std::nullopt});
  }
  panel.bands = {std::move(band)};
  panel.lines = {std::move(expected), std::move(bound), std::move(observed)};
  add_alarms(panel, rows, o.scale);
  return panel;
}

}  // namespace

PlotFigure detect_figure(std::span<const DetectedSeries> series, const DetectOptions& options,
                         std::optional<base::PeriodIndex> from) {
  PlotFigure figure;
  figure.title = title_of(options.method);
  figure.x_label = options.scale.unit_name();
  figure.y_label = base::cat("count a ", figure.x_label);
  figure.keys = keys_of(options);
  for (const DetectedSeries& s : series.first(std::min(series.size(), kPlotPanelsMax))) {
    auto const begin = std::ranges::find_if(
        s.rows, [&](const DetectRow& r) { return !from || r.period >= *from; });
    figure.panels.push_back(panel_of(s.name, {begin, s.rows.end()}, options));
  }
  figure.note = panels_note(series.size());
  return figure;
}

}  // namespace bellwether::analysis
