#include "cli/backtest_report.h"

#include <array>
#include <cmath>
#include <string_view>

#include "absl/strings/str_format.h"
#include "base/text.h"

namespace bellwether::cli {
namespace {

using base::append;
using base::cat;

constexpr std::array<std::string_view, Calibration::kBandEnds.size() + 1> kBandNames = {
    "below 2", "2 to 10", "10 to 50", "50 and more"};
// A band with fewer periods says nothing of a rate of one in a hundred.
constexpr int64_t kBandPeriodsMin = 200;

std::string share(int part, int whole) {
  return whole == 0 ? "–" : absl::StrFormat("%.0f %%", 100.0 * part / whole);
}

std::string row(const DetectorResult& d, const Performance& p, std::string_view part) {
  std::string out = cat("| ", kDetectorNames[static_cast<size_t>(d.kind)], " | ",
                        d.measure.empty() ? "all" : d.measure, " | ", part, " | ");
  append(out, absl::StrFormat("%.2f | %d in %.0f = %.3f | %d", d.threshold, p.false_alarms, p.series_years,
                              p.false_alarms_a_year, p.downturns));
  for (size_t k = 0; k < p.found.size(); ++k) {
    append(out, " | ", share(p.found[k], p.downturns), absl::StrFormat(" (%.0f %%)", 100 * p.chance[k]));
  }
  append(out, " | ", p.downturns == 0 ? "–" : p.median_delay ? cat(*p.median_delay) : std::string("never"), " |\n");
  return out;
}

std::string detectors(const BacktestResult& result, const BacktestOptions& o) {
  std::array<int, 4> const delays = told_delays(o.calendar);
  std::string const unit = o.calendar.unit() == base::CalendarUnit::kWeek ? " weeks" : " months";
  std::string out = "| detector | measure | part | threshold | false alarms in series-years | downturns × series";
  for (int d : delays) append(out, " | found within ", d, unit);
  append(out, " | median delay |\n|---|---|---|---|---|---");
  for (size_t k = 0; k < delays.size(); ++k) append(out, "|---");
  append(out, "|---|\n");
  for (const DetectorResult& d : result.detectors) {
    append(out, row(d, d.tuned, "tuning"), row(d, d.tested, "test"));
  }
  return out;
}

std::string calibration(const BacktestResult& result) {
  std::string out = "| measure | expected count | periods";
  for (double p : Calibration::kNominal) append(out, absl::StrFormat(" | p < %g", p));
  append(out, " |\n|---|---|---");
  for (size_t k = 0; k < Calibration::kNominal.size(); ++k) append(out, "|---");
  append(out, "|\n");
  for (const auto& [name, c] : result.calibration) {
    for (size_t b = 0; b < c.bands.size(); ++b) {
      const Calibration::Band& band = c.bands[b];
      if (band.periods == 0) continue;
      append(out, "| ", name, " | ", kBandNames[b], " | ", band.periods);
      for (int64_t n : band.below) {
        append(out, absl::StrFormat(" | %.4f", static_cast<double>(n) / static_cast<double>(band.periods)));
      }
      append(out, " |\n");
    }
  }
  return out;
}

}  // namespace

std::string backtest_report(const BacktestResult& result, const BacktestOptions& o,
                            const std::vector<Downturn>& downturns, const std::string& command,
                            const std::string& figure) {
  base::Calendar const months(base::CalendarUnit::kMonth);
  std::string out = cat("# Backtest\n\n    ", command, "\n\n");
  append(out, "Thresholds are the lowest at which a series gives at most ", absl::StrFormat("%g", o.false_alarms_a_year),
         " false alarms a year before ", o.calendar.name(o.tune_until), ", and are frozen there; the rows \"test\" are what came after. "
         "An alarm outside a downturn is false, but for the ", o.lead_periods, " periods before one, in which it is early: it "
         "finds the downturn with no delay. In brackets: what alarms at random at the same rate would find, "
         "1 − exp(−rate × time). Series are as last published; vintages are not replayed. A median delay counts a downturn "
         "that was not found as infinite.\n\n");
  append(out, "Downturns: ");
  for (size_t i = 0; i < downturns.size(); ++i) {
    append(out, i == 0 ? "" : "; ", downturns[i].name, " ", months.name(base::PeriodIndex(downturns[i].start)), " to ",
           months.name(base::PeriodIndex(downturns[i].end)));
  }
  append(out, ".\n");
  for (const detection::PeriodRange& r : o.regime_breaks) {
    append(out, "\nThe periods ", o.calendar.name(r.first), " to ", o.calendar.name(r.last), " are in no baseline.\n");
  }
  append(out, "\n## Detectors\n\n", detectors(result, o), "\n`period`: one period's score. `cusum`: the change-point statistic of "
         "these. `ears`: C2, no season. `composite`: the statistic of the measures' scores together, as a rule of "
         "that kind has it");
  append(out, ".\n\n## Single periods outside downturns, test part\n\nThe share of periods whose harmful tail fell below a nominal "
         "p; where the statement is true, they are equal.\n\n", calibration(result), "\n![stated and realised rates](", figure, ")\n");
  return out;
}

PlotFigure calibration_figure(const BacktestResult& result) {
  constexpr std::array<PlotColour, 4> kColours = {
      {{0.55, 0.55, 0.6}, {0.93, 0.58, 0.05}, {0.16, 0.45, 0.70}, {0.80, 0.13, 0.15}}};
  constexpr PlotColour kTruth{0.18, 0.22, 0.28};
  PlotFigure figure;
  figure.title = "Stated and realised rates of single periods";
  figure.x_label = "stated p";
  figure.y_label = "realised share, power of ten";
  figure.keys.push_back({PlotSample::kDashes, kTruth, "as stated"});
  for (size_t b = 0; b < kBandNames.size(); ++b) {
    figure.keys.push_back({PlotSample::kLine, kColours[b], cat("expected ", kBandNames[b])});
  }
  for (const auto& [name, c] : result.calibration) {
    if (figure.panels.size() == kPlotPanelsMax) break;
    PlotPanel panel;
    panel.title = name;
    panel.x = {-3.1, -0.9};
    PlotLine truth{{}, kTruth, 1, true};
    for (double p : {0.001, 0.1}) truth.points.push_back({std::log10(p), std::log10(p)});
    panel.lines.push_back(std::move(truth));
    for (double p : {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1}) {
      panel.ticks.push_back({std::log10(p), absl::StrFormat("%g", p)});
    }
    for (size_t b = 0; b < c.bands.size(); ++b) {
      const Calibration::Band& band = c.bands[b];
      if (band.periods < kBandPeriodsMin) continue;
      PlotLine line{{}, kColours[b], 1.5, false};
      for (size_t k = Calibration::kNominal.size(); k-- > 0;) {
        PlotPoint point{std::log10(Calibration::kNominal[k]), std::nullopt};
        if (band.below[k] > 0) {
          point.y = std::log10(static_cast<double>(band.below[k]) / static_cast<double>(band.periods));
        }
        line.points.push_back(point);
      }
      panel.lines.push_back(std::move(line));
    }
    figure.panels.push_back(std::move(panel));
  }
  return figure;
}

}  // namespace bellwether::cli
