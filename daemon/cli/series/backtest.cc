// bellwether backtest: tests the detectors on past data of an analyst's own series, as a report.
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

#include "analysis/backtest.h"
#include "analysis/backtest_report.h"
#include "analysis/series_csv.h"
#include "cli/context.h"
#include "cli/series/series_command.h"
#include "cli/text_file.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

constexpr char kText[] = "report.md";

constexpr char kFooter[] = R"(Input:
  --data FILE:low or FILE:high, columns series,period,value as for 'bellwether detect'; low if a
  low count is harm (births), high if a high count is (deaths). Several files are several measures
  of the same series, and are also judged together. --downturns: columns name,start,end as YYYY-MM.
  --holidays: a week with a closure on Monday to Friday is not judged and in no baseline.
Output:
  report.md, rates.svg and calibration.svg in the folder of --report; the table of detectors also on
  standard output.
Exit codes: 0 done; 1 a file cannot be written; 2 wrong use, unreadable input or bad rows.
Example:
  bellwether backtest --data births.csv:low --data deaths.csv:high --downturns downturns.csv \
    --tune-until 2006-01 --report /tmp/backtest)";

struct Options {
  std::vector<std::string> data;
  std::string downturns;
  std::string calendar = "month";
  std::string tune_until;
  std::optional<double> rate;
  std::string total;
  std::vector<std::string> breaks;
  std::vector<std::string> holidays;
  std::string report;
};

// Example of `data`: "births.csv:low". Every row must be valid. A period without a row is a gap.
absl::StatusOr<analysis::BacktestMeasure> read_measure(const std::string& data,
                                                       const analysis::PeriodScale& scale) {
  size_t const colon = data.rfind(':');
  std::string const side = colon == std::string::npos ? "" : data.substr(colon + 1);
  if (side != "low" && side != "high") {
    return absl::InvalidArgumentError(base::cat("--data ", data, ": write FILE:low or FILE:high"));
  }
  std::string const path = data.substr(0, colon);
  BELLWETHER_ASSIGN_OR_RETURN(std::string const csv, read_text_file(path));
  BELLWETHER_ASSIGN_OR_RETURN(analysis::SeriesTable const table,
                              analysis::parse_series(csv, path, scale, analysis::Values::kCounts));
  base::LineErrors errors(path);
  for (const base::LineError& e : table.bad) errors.add(e.line, e.what);
  BELLWETHER_RETURN_IF_ERROR(errors.status());
  analysis::BacktestMeasure out;
  out.name = path.substr(path.rfind('/') + 1);
  out.name = out.name.substr(0, out.name.rfind('.'));
  out.harm = side == "low" ? detection::Harm::kLow : detection::Harm::kHigh;
  for (const analysis::Series& s : table.series) {
    analysis::BacktestMeasure::Series series{s.points.front().period, {}};
    for (const analysis::SeriesPoint& p : s.points) {
      if (!p.value) series.gaps.push_back({p.period, p.period});
      series.counts.push_back(static_cast<int32_t>(p.value.value_or(0)));
    }
    out.series.emplace(s.name, std::move(series));
  }
  return out;
}

// Example of `text`: "2020-03..2020-08". Errors name the option.
absl::StatusOr<detection::PeriodRange> read_break(const std::string& text,
                                                  const analysis::PeriodScale& scale) {
  auto const wrong = [&](std::string_view what) {
    return absl::InvalidArgumentError(base::cat("--regime-break ", text, ": ", what));
  };
  size_t const dots = text.find("..");
  if (dots == std::string::npos) return wrong("write FIRST..LAST");
  auto const first = scale.parse(text.substr(0, dots));
  auto const last = scale.parse(text.substr(dots + 2));
  for (const auto* period : {&first, &last}) {
    if (!period->ok()) return wrong(base::from_absl(period->status().message()));
  }
  if (*last < *first) {
    return wrong(
        base::cat("it ends before it begins; write ", scale.name(*last), "..", scale.name(*first)));
  }
  return detection::PeriodRange{*first, *last};
}

// Error: InvalidArgument if a regime break has no period of any series, and so changes nothing.
absl::Status check_breaks(const std::vector<detection::PeriodRange>& breaks,
                          const std::vector<analysis::BacktestMeasure>& measures,
                          const analysis::PeriodScale& scale) {
  std::optional<detection::PeriodRange> data;
  for (const analysis::BacktestMeasure& m : measures) {
    for (const auto& [name, series] : m.series) {
      base::PeriodIndex const last(series.first.value + static_cast<int32_t>(series.counts.size()) -
                                   1);
      if (!data) data = {series.first, last};
      data->first = std::min(data->first, series.first);
      data->last = std::max(data->last, last);
    }
  }
  for (const detection::PeriodRange& b : breaks) {
    if (data && b.first <= data->last && data->first <= b.last) continue;
    return absl::InvalidArgumentError(base::cat(
        "--regime-break ", scale.name(b.first), "..", scale.name(b.last), ": the data have ",
        data ? base::cat("only the periods ", scale.name(data->first), "..", scale.name(data->last))
             : std::string("no periods"),
        "; state periods of the data, or leave the option out"));
  }
  return absl::OkStatus();
}

// A command line that can be pasted.
std::string command_line(const Options& o) {
  std::string out = "bellwether backtest";
  for (const std::string& d : o.data) base::append(out, " --data ", d);
  base::append(out, " --downturns ", o.downturns, " --calendar ", o.calendar, " --tune-until ",
               o.tune_until);
  if (o.rate) base::append(out, " --false-alarms ", *o.rate);
  if (!o.total.empty()) base::append(out, " --total ", o.total);
  for (const std::string& b : o.breaks) base::append(out, " --regime-break ", b);
  for (const std::string& h : o.holidays) base::append(out, " --holidays ", h);
  return out + " --report " + o.report;
}

absl::Status run(const Options& o) {
  auto const unit = base::calendar_unit(o.calendar).value_or(base::CalendarUnit::kMonth);
  analysis::PeriodScale const scale = analysis::PeriodScale::dated(unit);
  analysis::BacktestOptions options = analysis::BacktestOptions::for_calendar(base::Calendar(unit));
  if (o.rate) options.false_alarms_a_year = *o.rate;
  options.total = o.total;
  BELLWETHER_ASSIGN_OR_RETURN(options.tune_until, scale.parse(o.tune_until));
  for (const std::string& b : o.breaks) {
    BELLWETHER_ASSIGN_OR_RETURN(detection::PeriodRange const range, read_break(b, scale));
    options.regime_breaks.push_back(range);
  }
  BELLWETHER_ASSIGN_OR_RETURN(options.business_calendar, read_holidays(o.holidays));
  std::vector<analysis::BacktestMeasure> measures;
  for (const std::string& d : o.data) {
    BELLWETHER_ASSIGN_OR_RETURN(analysis::BacktestMeasure measure, read_measure(d, scale));
    measures.push_back(std::move(measure));
  }
  BELLWETHER_RETURN_IF_ERROR(check_breaks(options.regime_breaks, measures, scale));
  BELLWETHER_ASSIGN_OR_RETURN(std::string const csv, read_text_file(o.downturns));
  BELLWETHER_ASSIGN_OR_RETURN(std::vector<analysis::Downturn> const downturns,
                              analysis::parse_downturns(csv, o.downturns));
  analysis::BacktestResult const result = analysis::backtest(measures, downturns, options);
  std::string const text = analysis::backtest_report(result, options, downturns, command_line(o));
  BELLWETHER_ASSIGN_OR_RETURN(
      std::string const rates,
      analysis::draw(analysis::rates_figure(result), analysis::PlotFormat::kSvg));
  BELLWETHER_ASSIGN_OR_RETURN(
      std::string const calibration,
      analysis::draw(analysis::calibration_figure(result), analysis::PlotFormat::kSvg));
  mkdir(o.report.c_str(), 0777);  // if this fails, writing the files below reports it
  BELLWETHER_RETURN_IF_ERROR(write_text_file(o.report + "/" + kText, text));
  BELLWETHER_RETURN_IF_ERROR(write_text_file(o.report + "/" + analysis::kRatesFile, rates));
  BELLWETHER_RETURN_IF_ERROR(
      write_text_file(o.report + "/" + analysis::kCalibrationFile, calibration));
  std::fputs(text.c_str(), stdout);
  return absl::OkStatus();
}

}  // namespace

void add_backtest(CLI::App& app, Context& context) {
  CLI::App* const sub =
      app.add_subcommand("backtest", "report how the detectors perform on past series");
  auto o = std::make_shared<Options>();
  sub->footer(kFooter);
  sub->add_option("--data", o->data, "FILE:low or FILE:high, one for each measure")->required();
  sub->add_option("--downturns", o->downturns, "CSV: name,start,end[,source]")->required();
  sub->add_option("--calendar", o->calendar, "calendar of the periods")
      ->check(CLI::IsMember({"week", "month"}))
      ->capture_default_str();
  sub->add_option("--tune-until", o->tune_until, "first period of the test part")->required();
  sub->add_option(
         "--false-alarms", o->rate,
         "per series and year: stated to the rule, limit of the tuning (0.05; months: 0.1)")
      ->check(CLI::PositiveNumber);
  sub->add_option("--total", o->total,
                  "the series that is the sum of the others: judged as their parent, not counted");
  sub->add_option("--regime-break", o->breaks, "FIRST..LAST, periods that baselines leave out");
  add_holidays(*sub, o->holidays, "Options");
  sub->add_option("--report", o->report, "folder of the report; created if missing")->required();
  sub->callback([&context, o] {
    absl::Status const status = run(*o);
    if (status.ok()) return;
    context.fail(
        absl::IsUnavailable(status) || absl::IsInternal(status) ? Exit::kFailure : Exit::kUsage,
        std::string(status.message()));
  });
}

}  // namespace bellwether::cli
