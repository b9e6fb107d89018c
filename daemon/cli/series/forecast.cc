// bellwether forecast: forecasts of an analyst's own series, without a server.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "analysis/forecast_history.h"
#include "analysis/forecast_options.h"
#include "analysis/forecast_plot.h"
#include "analysis/forecast_table.h"
#include "analysis/plot.h"
#include "analysis/series_csv.h"
#include "cli/context.h"
#include "cli/series/series_command.h"
#include "cli/table.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

std::string footer() {
  std::string text = absl::StrFormat(
      R"(Input:
  Columns series,period,value in any order; several series in one file; rows in any order.
  A period is YYYY-MM (month), YYYY-Www (week), the first day YYYY-MM-DD of either, or an
  integer (undated); a value is a number from %1$g to %2$g.
Output:
  A line for each period of the horizon, which begins after the last value of the series, or,
  with --holdout N, N periods earlier. Numbers have ten significant digits.
  mean            the forecast; not below zero if no value of the series is
  lo80, hi80      80 %% of the values should lie between them; so for each level
  The cells of a series that cannot be forecast are empty, and standard error says
  file: series 'name': not assessed: reason.
Gaps:
  A row that cannot be used, or that repeats a period, leaves the period without a value; standard
  error names it as file:line: error; correction. Up to %3$d periods in a row without a value are
  bridged by a line between their neighbours, without the season if there is one. After a longer gap
  the history starts again. Standard error reports both. A series is not assessed if more than
  a tenth of its periods are bridged. If nothing happened in a period, write 0.
Scores of --holdout, beside the seasonal naive method's (the last value of the same season):
  periods         number of held-out periods that have a value; with --holidays, without weeks
                  that have a closure on Monday to Friday
  smape           mean of 200 |observed - mean| / (|observed| + |mean|), in %%
  mase            mean of |observed - mean| in units of the mean |change| from one period to the
                  next before the holdout; empty if no period changed
  cover80         %% of the periods within lo80 and hi80; so for each level
  A line without a name is the mean over the series that both methods could forecast.
Methods:
)",
      -analysis::kNumberMax, analysis::kNumberMax, analysis::kBridgeMax);
  for (forecast::Method m : forecast::kMethodsListed) {
    base::append(text,
                 absl::StrFormat("  %-27s  %s\n", forecast::name(m), forecast::description(m)));
  }
  return text + R"(Exit codes:
  0  done
  1  an output cannot be written
  2  wrong use, or an unreadable file or header: no output; or bad rows: the others are used
Examples:
  bellwether forecast --input formations.csv --plot formations.svg
  bellwether forecast --input weekly.csv --calendar week --holdout 13 --scores scores.csv)";
}

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (forecast::Method m : forecast::kMethodsListed) names.emplace_back(forecast::name(m));
  return names;
}

void add_input(CLI::App& app, analysis::ForecastFlags& f) {
  char const* const group = "Input";
  app.add_option("--input", f.input, "CSV file with columns series,period,value")
      ->required()
      ->group(group);
  app.add_option("--calendar", f.calendar, "unit of the periods")
      ->check(CLI::IsMember({"week", "month", "undated"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--season", f.season, "periods in a season (week 52, month 12, undated 1: none)")
      ->check(CLI::Range(1, forecast::kPeriodMax))
      ->group(group);
  add_holidays(app, f.holidays, group);
}

void add_forecasting(CLI::App& app, analysis::ForecastFlags& f) {
  char const* const group = "Forecast";
  app.add_option("--method", f.method,
                 base::cat("see below (", forecast::name(analysis::ForecastOptions{}.method), ")"))
      ->check(CLI::IsMember(method_names()))
      ->group(group);
  app.add_option("--horizon", f.horizon,
                 absl::StrFormat("periods ahead (with --holdout N: N; else a year, or %d if "
                                 "there is no season)",
                                 analysis::kHorizonUndated))
      ->check(CLI::Range(1, forecast::kHorizonMax))
      ->group(group);
  app.add_option("--level", f.levels, "coverages of the intervals in %, increasing (80,95)")
      ->delimiter(',')
      ->check(within(analysis::kLevelMin, analysis::kLevelMax))
      ->group(group);
  app.add_option("--holdout", f.holdout,
                 "forecast the last N periods from the earlier ones, and score that")
      ->check(CLI::Range(1, forecast::kHorizonMax))
      ->group(group);
}

void add_output(CLI::App& app, analysis::ForecastFlags& f) {
  char const* const group = "Output";
  app.add_option("--output-file", f.output_file, "file for the table, instead of standard output")
      ->group(group);
  app.add_option("--scores", f.scores,
                 "CSV file for the scores of --holdout, instead of a table on standard error")
      ->group(group);
  app.add_option("--plot", f.plot,
                 absl::StrFormat("FILE.svg or FILE.png: one panel per series, at most %d",
                                 analysis::kPlotPanelsMax))
      ->group(group);
}

// On standard error, because standard output may be a table for machines.
void print_scores(const std::vector<analysis::ScoreRow>& rows, const analysis::ForecastOptions& o) {
  std::vector<std::string> columns = {"SERIES", "METHOD", ">PERIODS", ">sMAPE %", ">MASE"};
  for (double level : o.levels) columns.push_back(absl::StrFormat(">%% IN %g %%", level));
  Table table(columns);
  for (const analysis::ScoreRow& row : rows) {
    const forecast::Accuracy& a = row.holdout.accuracy;
    std::vector<std::string> cells = {row.series.empty() ? "(all that both assess)" : row.series,
                                      std::string(row.method)};
    if (row.holdout.why.empty()) {
      cells.push_back(base::cat(a.periods));
      cells.push_back(absl::StrFormat("%.3f", a.smape));
      cells.push_back(a.mase ? absl::StrFormat("%.3f", *a.mase) : "");
      for (double share : a.coverage) cells.push_back(absl::StrFormat("%.1f", 100 * share));
    } else {
      cells.emplace_back("none");
    }
    table.add(std::move(cells));
  }
  table.print(stderr);
}

void complain(const std::string& file, const std::string& series, std::string_view what) {
  std::fprintf(stderr, "%s: series '%s': %s\n", file.c_str(), series.c_str(),
               std::string(what).c_str());
}

void forecast_all(const analysis::ForecastFlags& flags, Context& context) {
  auto options = analysis::forecast_options(flags);
  if (!options.ok()) return context.fail(Exit::kUsage, base::from_absl(options.status().message()));
  auto days = read_holidays(flags.holidays);
  if (!days.ok()) return context.fail(Exit::kUsage, base::from_absl(days.status().message()));
  options->business_calendar = *std::move(days);
  auto const table = read_series(flags.input, options->scale, analysis::Values::kNumbers, context);
  if (!table) return;
  std::vector<analysis::SeriesForecast> forecasts;
  std::string csv = analysis::forecast_columns(options->levels);
  for (const analysis::Series& s : table->series) {
    analysis::SeriesForecast f = analysis::forecast_series(s, *options);
    for (const std::string& remark : f.remarks) complain(flags.input, f.name, remark);
    if (!f.why.empty()) complain(flags.input, f.name, base::cat("not assessed: ", f.why));
    analysis::append_forecast_rows(csv, f, *options);
    forecasts.push_back(std::move(f));
  }
  write_rows(csv, flags.output_file, context);
  if (options->holdout > 0) {
    auto const scores = analysis::score_rows(forecasts, *options);
    if (flags.scores.empty()) {
      print_scores(scores, *options);
    } else {
      write_rows(analysis::scores_csv(scores, options->levels), flags.scores, context);
    }
  }
  if (!flags.plot.empty())
    write_figure(analysis::forecast_figure(table->series, forecasts, *options), flags.plot,
                 context);
}

}  // namespace

void add_forecast(CLI::App& app, Context& context) {
  auto const flags = std::make_shared<analysis::ForecastFlags>();
  CLI::App* const command =
      app.add_subcommand("forecast", "Forecast your own series; needs no server");
  command->footer(footer());
  add_input(*command, *flags);
  add_forecasting(*command, *flags);
  add_output(*command, *flags);
  command->callback([flags, &context] { forecast_all(*flags, context); });
}

}  // namespace bellwether::cli
