// bellwether detect: the detectors on an analyst's own series, without a server.
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/str_format.h"
#include "base/status.h"
#include "base/text.h"
#include "cli/context.h"
#include "cli/detect_options.h"
#include "cli/detect_plot.h"
#include "cli/detect_series.h"
#include "cli/detect_table.h"
#include "cli/plot.h"
#include "cli/series_csv.h"
#include "cli/text_file.h"

namespace bellwether::cli {
namespace {

constexpr char kFooter[] = R"(Input:
  Columns series,period,value in any order; several series in one file, rows in any order.
  A period is YYYY-MM (month), YYYY-Www (week), the first day YYYY-MM-DD of either, or an
  integer (undated); a value is a whole number from 0 to 1000000000.
Output:
  A line a period; numbers have ten significant digits, cells that do not apply are empty.
  expected        by earlier years; dispersion: variance over mean
  lower, upper    quantiles alpha and 1 - alpha of what was to be expected (ears: the bound)
  p_low, p_high   chance of a count so low, so high; half of the observed one's to each side
  score           standard normal, positive above the expectation (--harm low: below it)
  cusum, onset    of the side nearer to its threshold; since when it has been above zero
  state           normal
                  amber: a tail is below alpha (ears: the count is above the bound)
                  red: the CUSUM is at its threshold
                  not assessed: why
  A period that is missing is 'not assessed: no value' and in no baseline. So is that of a bad
  row, which is named on standard error as file:line: what; what to do.
Methods:
  farrington      tails, and a CUSUM of their scores
  cusum           that CUSUM alone
  ears            rises alone, without a season, from the eighth period on (c2, c3: the tenth)
  poisson-cusum   a CUSUM of counts by likelihood ratio against farrington's expectation; counts
                  that scatter more than Poisson's alarm more often than the run length says
Exit codes:
  0  done
  1  an output cannot be written
  2  wrong use, or an unreadable file or header: no output; or bad rows: the others are judged
Examples:
  bellwether detect --input formations.csv --harm low --plot formations.svg
  bellwether detect --input weekly.csv --calendar week --method ears --ears c2 --from 2024-W01)";

// A number from `low` to `high`, which NaN is not.
CLI::Validator within(double low, double high) {
  std::string const range = absl::StrFormat("%g to %g", low, high);
  return {[=](std::string& text) {
            auto const x = base::parse_number<double>(text);
            return x && *x >= low && *x <= high ? std::string() : "must be a number from " + range;
          },
          range};
}

void add_input(CLI::App& app, DetectFlags& f) {
  app.add_option("--input", f.input, "CSV file with columns series,period,value")
      ->required()
      ->group("Input");
  app.add_option("--calendar", f.calendar, "what periods are")
      ->check(CLI::IsMember({"week", "month", "undated"}))
      ->capture_default_str()
      ->group("Input");
  app.add_option("--season", f.season, "undated periods a year (default 52)")
      ->check(CLI::Range(1, kSeasonMax))
      ->group("Input");
}

void add_baseline(CLI::App& app, DetectFlags& f) {
  char const* const group = "Baseline (defaults: those of the daemon)";
  app.add_option("--years", f.years, "earlier years (5, and 3 where there are no more)")
      ->check(CLI::Range(1, kYearsMax))
      ->group(group);
  app.add_option("--half-window", f.half_window,
                 "periods around the season's own (week 3, month 0)")
      ->check(CLI::Range(0, kSeasonMax))
      ->group(group);
  app.add_option(
         "--seasonal-blocks", f.seasonal_blocks,
         "the season's and the rest of the year's (week 10, month 12; 1: the windows alone)")
      ->check(CLI::Range(1, kSeasonMax))
      ->group(group);
  app.add_option("--exclude-recent", f.exclude_recent, "latest periods left out (week 26, month 6)")
      ->check(CLI::Range(0, kYearsMax * kSeasonMax))
      ->group(group);
  app.add_option("--weights", f.weights,
                 "which outliers weigh less: symmetric|upper|none (symmetric)")
      ->check(CLI::IsMember({"symmetric", "upper", "none"}))
      ->group(group);
  app.add_option("--weights-threshold", f.weights_threshold, "residual from which they do (2.58)")
      ->check(within(0.01, 100))
      ->group(group);
  app.add_option("--trend", f.trend, "always|never|significant (always)")
      ->check(CLI::IsMember({"always", "never", "significant"}))
      ->group(group);
  app.add_option(
         "--compatibility", f.compatibility,
         "r-surveillance: baselines, bounds and tails as farringtonFlexible has them; no CUSUM")
      ->check(CLI::IsMember({"r-surveillance"}))
      ->group(group);
}

void add_alarms(CLI::App& app, DetectFlags& f) {
  char const* const group = "Alarms";
  app.add_option("--method", f.method, "see below")
      ->check(CLI::IsMember({"farrington", "cusum", "ears", "poisson-cusum"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--harm", f.harm, "which side alarms")
      ->check(CLI::IsMember({"low", "high", "both"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--alpha", f.alpha, "of each tail (0.01; ears: 0.001, c3 0.025)")
      ->check(within(1e-9, 0.4999))
      ->group(group);
  auto* const h =
      app.add_option("--cusum-threshold", f.threshold_h, "h (5.071; poisson-cusum: by run length)")
          ->check(within(1e-3, 1e9))
          ->group(group);
  app.add_option("--in-control-run-length", f.run_length,
                 "periods between false alarms of each side, which h is computed from")
      ->check(within(2, 1e6))
      ->excludes(h)
      ->group(group);
  app.add_option("--ears", f.ears, "chart of --method ears: c1|c2|c3 (c1)")
      ->check(CLI::IsMember({"c1", "c2", "c3"}))
      ->group(group);
  app.add_option("--rate-ratio", f.rate_ratio,
                 "rise that poisson-cusum is to find, and its inverse as a fall (1.25)")
      ->check(within(1.01, 100))
      ->group(group);
}

void add_output(CLI::App& app, DetectFlags& f) {
  app.add_option("--from", f.from, "first period of the output; earlier ones count all the same")
      ->group("Output");
  app.add_option("--output-file", f.output_file, "instead of standard output")->group("Output");
  app.add_option(
         "--plot", f.plot,
         absl::StrFormat("FILE.svg or FILE.png: a panel a series, %d at most", kPlotPanelsMax))
      ->group("Output");
}

class Detection {
 public:
  Detection(const DetectFlags& flags, Context& context) : flags_(flags), context_(context) {}

  void run() {
    auto const options = detect_options(flags_);
    if (!options.ok())
      return context_.fail(Exit::kUsage, base::from_absl(options.status().message()));
    auto const text = read_text_file(flags_.input);
    if (!text.ok()) return refuse(text.status());
    auto const table = parse_series(*text, flags_.input, options->series.scale, Values::kCounts);
    if (!table.ok()) return refuse(table.status());
    for (const base::LineError& e : table->bad) {
      std::fprintf(stderr, "%s:%d: %s\n", flags_.input.c_str(), e.line, e.what.c_str());
    }
    if (!table->bad.empty()) context_.exit_code = static_cast<int>(Exit::kUsage);
    std::vector<DetectedSeries> detected;
    for (const Series& s : table->series)
      detected.push_back({s.name, detect_series(s, options->series)});
    write_table(detected, *options);
    if (!flags_.plot.empty()) write_plot(detected, *options);
  }

 private:
  // The message names the file already.
  void refuse(const absl::Status& status) {
    std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
    context_.exit_code = static_cast<int>(Exit::kUsage);
  }

  void write_table(const std::vector<DetectedSeries>& detected, const DetectRun& run) {
    std::string csv(kDetectColumns);
    for (const DetectedSeries& s : detected)
      append_detect_rows(csv, s.name, s.rows, run.series.scale, run.from);
    if (!flags_.output_file.empty()) {
      absl::Status const written = write_text_file(flags_.output_file, csv);
      if (!written.ok()) context_.fail(Exit::kFailure, base::from_absl(written.message()));
    } else if (std::fwrite(csv.data(), 1, csv.size(), stdout) != csv.size() ||
               std::fflush(stdout) != 0) {
      context_.fail(Exit::kFailure,
                    "standard output cannot be written; --output-file names a file");
    }
  }

  void write_plot(const std::vector<DetectedSeries>& detected, const DetectRun& run) {
    PlotFigure const figure = detect_figure(detected, run.series, run.from);
    if (!figure.note.empty())
      std::fprintf(stderr, "%s: %s\n", flags_.plot.c_str(), figure.note.c_str());
    auto const bytes = draw(figure, *plot_format(flags_.plot));
    absl::Status const written = bytes.ok() ? write_text_file(flags_.plot, *bytes) : bytes.status();
    if (!written.ok()) context_.fail(Exit::kFailure, base::from_absl(written.message()));
  }

  const DetectFlags& flags_;
  Context& context_;
};

}  // namespace

void add_detect(CLI::App& app, Context& context) {
  auto const flags = std::make_shared<DetectFlags>();
  CLI::App* const detect =
      app.add_subcommand("detect", "Judge the periods of your own series; needs no server");
  detect->footer(kFooter);
  add_input(*detect, *flags);
  add_baseline(*detect, *flags);
  add_alarms(*detect, *flags);
  add_output(*detect, *flags);
  detect->callback([flags, &context] { Detection(*flags, context).run(); });
}

}  // namespace bellwether::cli
