// bellwether detect: the detectors on an analyst's own series, without a server.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "analysis/detect_all.h"
#include "analysis/detect_options.h"
#include "analysis/detect_plot.h"
#include "analysis/detect_series.h"
#include "analysis/detect_table.h"
#include "analysis/plot.h"
#include "analysis/series_csv.h"
#include "cli/context.h"
#include "cli/series/series_command.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

constexpr char kFooter[] = R"(Input:
  Columns series,period,value in any order; several series in one file; rows in any order.
  A period is YYYY-MM (month), YYYY-Www (week), the first day YYYY-MM-DD of either, or an
  integer (undated); a value is a whole number from 0 to 1000000000.
Output:
  One line per period; numbers have ten significant digits, cells that do not apply are empty.
  expected        from earlier years; dispersion: variance over mean
  lower, upper    counts at which p_low, p_high equal alpha (ears: the bound)
  p_low, p_high   chance of a count this low, this high; the observed count is half in each
  score           standard normal, positive above the expectation (--harm low: below it)
                  p and score are scaled by the width of the series' past scores (--score-scale)
  cusum, onset    of the side nearer to its threshold; first period above zero
                  rule: of the alert that is open
  state           normal
                  amber: a tail is below alpha (ears: the count is above the bound)
                  red: the CUSUM is at its threshold
                  rule: the alert that is open after this period; it ends after 4 quiet weeks or
                  2 quiet months
                  not assessed: reason
                  with less than three years before it a period is compared with the latest ones
                  (--cold-start): it can be amber, and the CUSUM leaves it out
  deviation       rule: largest of the averages of three memories, in units of its ordinary width,
                  with the sign of score
  false_alarms_a_year
                  rule: alarms a year by chance alone if every deviation as large as this is one
  hit_by          rule: own_level, together (with other series), parent (with --total) or nothing
  A missing period is 'not assessed: no value' and is in no baseline. The same holds for the
  period of a bad row; standard error names the row as file:line: error; correction.
  With --holidays a week with a closure on Monday to Friday is 'not assessed: closed: holidays' and
  is in no baseline. Months are never closed.
Methods:
  rule            as the daemon's count rules: all series of the file are judged together, at a
                  stated number of false alarms (--false-alarms-a-year); the default, but for
                  options that it does not have, with which farrington is the default
  farrington      the tails of each period, and a CUSUM of their scores
  cusum           only that CUSUM
  ears            only rises, without a season, from the eighth period on (c2, c3: the tenth)
  poisson-cusum   a CUSUM of counts by likelihood ratio against farrington's expectation; counts
                  with more scatter than Poisson alarm more often than the run length states
Exit codes:
  0  done
  1  an output cannot be written
  2  wrong use, or an unreadable file or header: no output; or bad rows: the others are used
Examples:
  bellwether detect --input formations.csv --harm low --plot formations.svg
  bellwether detect --input weekly.csv --calendar week --method ears --ears c2 --from 2024-W01)";

void add_input(CLI::App& app, analysis::DetectFlags& f) {
  app.add_option("--input", f.input, "CSV file with columns series,period,value")
      ->required()
      ->group("Input");
  app.add_option("--calendar", f.calendar, "unit of the periods")
      ->check(CLI::IsMember({"week", "month", "undated"}))
      ->capture_default_str()
      ->group("Input");
  app.add_option("--season", f.season, "undated periods per year (52)")
      ->check(CLI::Range(1, analysis::kSeasonMax))
      ->group("Input");
  add_holidays(app, f.holidays, "Input");
}

void add_baseline(CLI::App& app, analysis::DetectFlags& f) {
  char const* const group = "Baseline (defaults: those of the daemon)";
  app.add_option("--years", f.years, "earlier years (5, or 3 if there are no more)")
      ->check(CLI::Range(1, analysis::kYearsMax))
      ->group(group);
  app.add_option("--half-window", f.half_window,
                 "periods on each side of the same season (week 3, month 0)")
      ->check(CLI::Range(0, analysis::kSeasonMax))
      ->group(group);
  app.add_option("--seasonal-blocks", f.seasonal_blocks,
                 "blocks in a year; the window is one (week 10, month 12; 1: only the windows)")
      ->check(CLI::Range(1, analysis::kSeasonMax))
      ->group(group);
  app.add_option("--exclude-recent", f.exclude_recent, "latest periods left out (week 26, month 6)")
      ->check(CLI::Range(0, analysis::kYearsMax * analysis::kSeasonMax))
      ->group(group);
  app.add_option("--weights", f.weights,
                 "which outliers weigh less: symmetric|upper|none (symmetric)")
      ->check(CLI::IsMember({"symmetric", "upper", "none"}))
      ->group(group);
  app.add_option("--weights-threshold", f.weights_threshold,
                 "residual above which weights fall (2.58)")
      ->check(within(0.01, 100))
      ->group(group);
  app.add_option("--trend", f.trend,
                 "shrunk|always|never|significant (shrunk; with r-surveillance always)")
      ->check(CLI::IsMember({"shrunk", "always", "never", "significant"}))
      ->group(group);
  app.add_option("--cold-start", f.cold_start,
                 "on|off: judge periods too early for a seasonal baseline (on)")
      ->check(CLI::IsMember({"on", "off"}))
      ->group(group);
  app.add_option("--score-scale", f.score_scale,
                 "own|none: divide scores by the width of the series' past scores (own)")
      ->check(CLI::IsMember({"own", "none"}))
      ->group(group);
  app.add_option("--compatibility", f.compatibility,
                 "r-surveillance: baselines, bounds and tails as in farringtonFlexible; no CUSUM, "
                 "cold start or scale")
      ->check(CLI::IsMember({"r-surveillance"}))
      ->group(group);
}

void add_alarms(CLI::App& app, analysis::DetectFlags& f) {
  char const* const group = "Alarms";
  app.add_option("--method", f.method, "see below")
      ->check(CLI::IsMember({"rule", "farrington", "cusum", "ears", "poisson-cusum"}))
      ->group(group);
  app.add_option("--false-alarms-a-year", f.false_alarms_a_year,
                 "of a series and side, by chance; rule (week 0.05, month 0.1)")
      ->check(within(analysis::kFalseAlarmsMin, analysis::kFalseAlarmsMax))
      ->group(group);
  app.add_option("--total", f.total, "the series that is the sum of the others; rule")
      ->group(group);
  app.add_option("--harm", f.harm, "side that raises alarms")
      ->check(CLI::IsMember({"low", "high", "both"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--alpha", f.alpha, "limit of each tail (0.01; ears: 0.001, c3 0.025)")
      ->check(within(1e-9, 0.4999))
      ->group(group);
  auto* const h = app.add_option("--cusum-threshold", f.threshold_h,
                                 "h (5.071; poisson-cusum: from the run length)")
                      ->check(within(1e-3, 1e9))
                      ->group(group);
  app.add_option("--in-control-run-length", f.run_length,
                 "periods between false alarms of each side; sets h")
      ->check(within(2, 1e6))
      ->excludes(h)
      ->group(group);
  app.add_option("--ears", f.ears, "chart of --method ears: c1|c2|c3 (c1)")
      ->check(CLI::IsMember({"c1", "c2", "c3"}))
      ->group(group);
  app.add_option("--rate-ratio", f.rate_ratio,
                 "rise for poisson-cusum to find; its inverse is the fall (1.25)")
      ->check(within(1.01, 100))
      ->group(group);
}

void add_output(CLI::App& app, analysis::DetectFlags& f) {
  app.add_option("--from", f.from, "first period of the output; earlier ones are still used")
      ->group("Output");
  app.add_option("--output-file", f.output_file, "file for the table, instead of standard output")
      ->group("Output");
  app.add_option("--plot", f.plot,
                 absl::StrFormat("FILE.svg or FILE.png: one panel per series, at most %d",
                                 analysis::kPlotPanelsMax))
      ->group("Output");
}

void detect(const analysis::DetectFlags& flags, Context& context) {
  auto run = analysis::detect_options(flags);
  if (!run.ok()) return context.fail(Exit::kUsage, base::from_absl(run.status().message()));
  auto days = read_holidays(flags.holidays);
  if (!days.ok()) return context.fail(Exit::kUsage, base::from_absl(days.status().message()));
  run->series.business_calendar = *std::move(days);
  auto const table =
      read_series(flags.input, run->series.scale, analysis::Values::kCounts, context);
  if (!table) return;
  if (!run->series.total.empty() &&
      std::ranges::find(table->series, run->series.total, &analysis::Series::name) ==
          table->series.end()) {
    return context.fail(Exit::kUsage, base::cat("--total ", run->series.total, ": ", flags.input,
                                                " has no such series"));
  }
  auto rows = analysis::detect_all(table->series, run->series);
  std::vector<analysis::DetectedSeries> detected;
  for (size_t i = 0; i < rows.size(); ++i)
    detected.push_back({table->series[i].name, std::move(rows[i])});
  std::string csv(analysis::kDetectColumns);
  for (const analysis::DetectedSeries& s : detected)
    analysis::append_detect_rows(csv, s.name, s.rows, run->series.scale, run->from);
  write_rows(csv, flags.output_file, context);
  if (!flags.plot.empty())
    write_figure(analysis::detect_figure(detected, run->series, run->from), flags.plot, context);
}

}  // namespace

void add_detect(CLI::App& app, Context& context) {
  auto const flags = std::make_shared<analysis::DetectFlags>();
  CLI::App* const command =
      app.add_subcommand("detect", "Judge the periods of your own series; needs no server");
  command->footer(kFooter);
  add_input(*command, *flags);
  add_baseline(*command, *flags);
  add_alarms(*command, *flags);
  add_output(*command, *flags);
  command->callback([flags, &context] { detect(*flags, context); });
}

}  // namespace bellwether::cli
