#include "analysis/backtest_report.h"

#include <array>
#include <cmath>
#include <string_view>

#include "absl/strings/str_format.h"
#include "analysis/evident_falls.h"
#include "core/base/text.h"

namespace bellwether::analysis {
namespace {

using base::append;
using base::cat;

constexpr std::array<std::string_view, Calibration::kBandEnds.size() + 1> kBandNames = {
    "below 2", "2 to 10", "10 to 50", "50 and more"};
// With fewer periods, a band cannot show a rate of one in a hundred.
constexpr int64_t kBandPeriodsMin = 200;

std::string share(int part, int whole) {
  return whole == 0 ? "–" : absl::StrFormat("%.0f %%", 100.0 * part / whole);
}

// Which downturns a table is about.
enum class Against : uint8_t { kOfficial, kEvident };

std::string row(const DetectorResult& d, const Performance& p, std::string_view part,
                Against against) {
  std::string out = cat("| ", kDetectorNames[static_cast<size_t>(d.kind)], " | ",
                        d.measure.empty() ? "all" : d.measure, " | ", part, " | ");
  append(out, absl::StrFormat("%.2f | %d in %.0f = %.3f | %d", d.threshold, p.false_alarms,
                              p.series_years, p.false_alarms_a_year, p.downturns));
  for (size_t k = 0; k < p.found.size(); ++k) {
    append(out, " | ", share(p.found[k], p.downturns),
           absl::StrFormat(" (%.0f %%)", 100 * p.chance[k]));
  }
  append(out, " | ",
         p.downturns == 0 ? "–"
         : p.median_delay ? cat(*p.median_delay)
                          : std::string("never"));
  if (against == Against::kOfficial) append(out, " | ", share(p.ceiling, p.downturns));
  return out + " |\n";
}

std::string detectors(const BacktestResult& result, const BacktestOptions& o, Against against) {
  std::array<int, 4> const delays = reported_delays(o.calendar);
  std::string_view const unit = base::name(o.calendar.unit());
  std::string out =
      "| detector | measure | part | threshold | false alarms in series-years | downturns × series";
  for (int d : delays) append(out, " | found within ", d, " ", unit, "s");
  bool const official = against == Against::kOfficial;
  append(out, " | median delay", official ? " | ceiling" : "", " |\n|---|---|---|---|---|---");
  for (size_t k = 0; k < delays.size(); ++k) append(out, "|---");
  append(out, "|---|", official ? "---|" : "", "\n");
  for (const DetectorResult& d : result.detectors) {
    append(out, row(d, official ? d.tuned : d.tuned_evident, "tuning", against),
           row(d, official ? d.tested : d.tested_evident, "test", against));
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
        append(out, absl::StrFormat(" | %.4f",
                                    static_cast<double>(n) / static_cast<double>(band.periods)));
      }
      append(out, " |\n");
    }
  }
  return out;
}

double share_of(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string rates(const BacktestResult& result) {
  std::string out = "| detector | measure | periods";
  for (double p : Calibration::kNominal) append(out, absl::StrFormat(" | stated %g", p));
  append(out, " |\n|---|---|---");
  for (size_t k = 0; k < Calibration::kNominal.size(); ++k) append(out, "|---");
  append(out, "|\n");
  for (const StatedRates& r : result.rates) {
    append(out, "| ", kDetectorNames[static_cast<size_t>(r.kind)], " | ",
           r.measure.empty() ? "all" : r.measure, " | ", r.periods);
    for (size_t k = 0; k < r.alarms.size(); ++k) {
      CountRange const chance = chance_range(r.periods, Calibration::kNominal[k]);
      bool const as_stated = chance.low <= r.alarms[k] && r.alarms[k] <= chance.high;
      std::string_view const bold = as_stated ? "" : "**";
      append(out, " | ", bold, absl::StrFormat("%.4f", share_of(r.alarms[k], r.periods)), bold);
    }
    append(out, " |\n");
  }
  return out;
}

// Panels share one axis: stated rates in powers of ten.
PlotPanel rates_panel(const std::string& title) {
  PlotPanel panel;
  panel.title = title;
  panel.x = {-3.1, -0.9};
  for (double p : {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1}) {
    panel.ticks.push_back({std::log10(p), absl::StrFormat("%g", p)});
  }
  return panel;
}

constexpr PlotColour kTruth{0.18, 0.22, 0.28};

void draw_diagonal(PlotPanel& panel) {
  PlotLine truth{{}, kTruth, 1, true};
  for (double p : {0.001, 0.1}) truth.points.push_back({std::log10(p), std::log10(p)});
  panel.lines.push_back(std::move(truth));
}

// The range for independent periods if the stated rate is true.
PlotBand chance_band(int64_t periods, PlotColour colour) {
  PlotBand band{{}, colour};
  for (size_t k = Calibration::kNominal.size(); k-- > 0;) {
    double const p = Calibration::kNominal[k];
    CountRange const range = chance_range(periods, p);
    // Zero alarms have no logarithm, so half an alarm stands for zero.
    auto const log_share = [&](int64_t n) {
      return std::log10(std::max(0.5, static_cast<double>(n)) / static_cast<double>(periods));
    };
    band.spans.push_back({std::log10(p), PlotRange{log_share(range.low), log_share(range.high)}});
  }
  return band;
}

}  // namespace

std::string backtest_report(const BacktestResult& result, const BacktestOptions& o,
                            const std::vector<Downturn>& downturns, const std::string& command) {
  base::Calendar const months(base::CalendarUnit::kMonth);
  std::string out = cat("# Backtest\n\n    ", command, "\n\n");
  append(out, "Each threshold is the lowest with at most ",
         absl::StrFormat("%g", o.false_alarms_a_year), " false alarms per series and year before ",
         o.calendar.name(o.tune_until),
         ". It is then frozen; the rows \"test\" are from that period on. "
         "An alarm outside a downturn is false, except in the ",
         o.lead_periods,
         " periods before one: there it is early, and is not counted. Only an alarm from the start "
         "of a downturn on finds it. In brackets: the share that random alarms at the "
         "same rate would find, "
         "1 − exp(−rate × time). Series are as last published; vintages are not replayed. A median "
         "delay counts a downturn "
         "that was not found as infinite.\n\n");
  append(out, "Downturns: ");
  for (size_t i = 0; i < downturns.size(); ++i) {
    append(out, i == 0 ? "" : "; ", downturns[i].name, " ",
           months.name(base::PeriodIndex(downturns[i].start)), " to ",
           months.name(base::PeriodIndex(downturns[i].end)));
  }
  append(out, ".\n");
  for (const detection::PeriodRange& r : o.regime_breaks) {
    append(out, "\nThe periods ", o.calendar.name(r.first), " to ", o.calendar.name(r.last),
           " are left out of all baselines.\n");
  }
  if (!o.business_calendar.empty() && o.calendar.unit() == base::CalendarUnit::kWeek) {
    append(out,
           "\nWeeks with a closure on Monday to Friday are not judged and left out of all "
           "baselines.\n");
  }
  append(out, "\n## Against the official downturns\n\n", detectors(result, o, Against::kOfficial),
         "\n`rule`: the daemon's verdict on counts. Nothing is tuned: it states ",
         absl::StrFormat("%g", o.false_alarms_a_year),
         " false alarms per series and year. `period`: the score of one period. `cusum`: the "
         "change-point statistic of these scores. `ears`: C2, no season. `composite`: the "
         "statistic of all measures' scores together, as in a composite rule. `ceiling`: the "
         "downturns in which the series itself falls near the start, and so can be found.",
         "\n\n## Against each series' own falls\n\n", detectors(result, o, Against::kEvident),
         absl::StrFormat("\nA fall begins where the mean of the next quarter is at least %.0f %% "
                         "below that of the year before, and the difference has a t of at least "
                         "%g; it lasts for a year. These dates know the whole series.",
                         100 * kEvidentDrop, kEvidentT));
  append(
      out,
      "\n\n## Stated and realised false-alarm rates, test part\n\nThe share of periods "
      "outside downturns with an alarm, at thresholds that state a rate per period. The rate is "
      "the p of a single period (`period`, `ears`), or 1 / average run length of a "
      "CUSUM, which restarts after each alarm. A share is in bold if it is outside the central ",
      absl::StrFormat("%g", 100 * kChanceLevel),
      " % of a binomial count at the stated rate. (The periods of one series depend on each other "
      "through their baselines, so chance can go beyond this range.)\n\n",
      rates(result), "\n![stated and realised rates by detector](", kRatesFile,
      ")\n\n## Single periods outside downturns, test part\n\nThe share of periods whose "
      "harmful tail fell below a nominal "
      "p. If the nominal p is true, the share equals it.\n\n",
      calibration(result), "\n![stated and realised rates by expected count](", kCalibrationFile,
      ")\n");
  return out;
}

PlotFigure rates_figure(const BacktestResult& result) {
  constexpr std::array<PlotColour, kDetectorNames.size()> kColours = {{{0.16, 0.45, 0.70},
                                                                       {0.80, 0.13, 0.15},
                                                                       {0.55, 0.55, 0.60},
                                                                       {0.45, 0.25, 0.60},
                                                                       {0.93, 0.58, 0.05}}};
  constexpr PlotColour kChance{0.18, 0.22, 0.28, 0.12};
  PlotFigure figure;
  figure.title = "Stated and realised false-alarm rates";
  figure.x_label = "stated, a period";
  figure.y_label = "realised, power of ten";
  figure.keys.push_back({PlotSample::kDashes, kTruth, "as stated"});
  figure.keys.push_back({PlotSample::kBand, kChance, "by chance, 95 %"});
  std::array<bool, kDetectorNames.size()> told{};
  for (const StatedRates& r : result.rates) {
    auto const kind = static_cast<size_t>(r.kind);
    if (r.periods == 0) continue;
    std::string const title = r.measure.empty() ? "all measures" : r.measure;
    if (figure.panels.empty() || figure.panels.back().title != title) {
      if (figure.panels.size() == kPlotPanelsMax) break;
      PlotPanel& panel = figure.panels.emplace_back(rates_panel(title));
      panel.bands.push_back(chance_band(r.periods, kChance));
      draw_diagonal(panel);
    }
    PlotLine line{{}, kColours[kind], 1.5, false};
    for (size_t k = r.alarms.size(); k-- > 0;) {
      PlotPoint point{std::log10(Calibration::kNominal[k]), std::nullopt};
      if (r.alarms[k] > 0) point.y = std::log10(share_of(r.alarms[k], r.periods));
      line.points.push_back(point);
    }
    figure.panels.back().lines.push_back(std::move(line));
    if (!told[kind])
      figure.keys.push_back({PlotSample::kLine, kColours[kind], std::string(kDetectorNames[kind])});
    told[kind] = true;
  }
  return figure;
}

PlotFigure calibration_figure(const BacktestResult& result) {
  constexpr std::array<PlotColour, 4> kColours = {
      {{0.55, 0.55, 0.6}, {0.93, 0.58, 0.05}, {0.16, 0.45, 0.70}, {0.80, 0.13, 0.15}}};
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
    PlotPanel panel = rates_panel(name);
    draw_diagonal(panel);
    for (size_t b = 0; b < c.bands.size(); ++b) {
      const Calibration::Band& band = c.bands[b];
      if (band.periods < kBandPeriodsMin) continue;
      PlotLine line{{}, kColours[b], 1.5, false};
      for (size_t k = Calibration::kNominal.size(); k-- > 0;) {
        PlotPoint point{std::log10(Calibration::kNominal[k]), std::nullopt};
        if (band.below[k] > 0) {
          point.y =
              std::log10(static_cast<double>(band.below[k]) / static_cast<double>(band.periods));
        }
        line.points.push_back(point);
      }
      panel.lines.push_back(std::move(line));
    }
    figure.panels.push_back(std::move(panel));
  }
  return figure;
}

}  // namespace bellwether::analysis
