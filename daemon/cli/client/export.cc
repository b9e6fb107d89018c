#include <unistd.h>

#include <charconv>
#include <cmath>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/period_scale.h"
#include "bellwether/indicators/v1/indicators.grpc.pb.h"
#include "cli/client/as_of.h"
#include "cli/client/packed_file.h"
#include "cli/context.h"
#include "core/base/calendar.h"
#include "core/base/csv.h"
#include "core/base/display.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

namespace indicators_pb = bellwether::indicators::v1;

constexpr std::string_view kHeader =
    "area,sector,indicator,unit,period,window_periods,value,numerator,denominator,reported,"
    "not_available\n";

struct Wanted {
  std::vector<std::string> names;
  std::string filter;
  std::string from;
  std::string to;
  std::string file;
  bool zstd = false;
  bool skip_empty = false;
};

// The shortest text that gives the same number again.
void append_number(std::string& out, double x) {
  char text[32];
  auto const end = std::to_chars(text, text + sizeof text, x);
  out.append(text, end.ptr);
}

// Turns messages into lines, and counts them.
class CsvLines {
 public:
  // Error: a period that is none.
  absl::Status append(const indicators_pb::ExportedSeries& series, std::string& out) {
    BELLWETHER_ASSIGN_OR_RETURN(analysis::DatedPeriod const first,
                                analysis::parse_dated(series.first_period()));
    constexpr std::string_view kPrefix = "indicators/";
    std::string_view name = series.name();
    if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
    std::string const head =
        base::cat(base::csv_field(series.node().area()), ",",
                  base::csv_field(series.node().sector()), ",", name, ",", series.unit(), ",");
    int gap = 0;
    for (int i = 0; i < series.values_size(); ++i) {
      while (gap < series.gaps_size() &&
             i >= series.gaps(gap).first() + series.gaps(gap).periods()) {
        ++gap;
      }
      bool const missing = gap < series.gaps_size() && i >= series.gaps(gap).first();
      base::append(out, head, first.calendar.name(base::PeriodIndex(first.period.value + i)), ",");
      if (i < series.window_periods_size() && series.window_periods(i) > 0)
        base::append(out, series.window_periods(i));
      out += ',';
      if (!missing) append_number(out, series.values(i));
      out += ',';
      // A figure that must not be told has no numerator either; other reasons leave the base known.
      bool const untold = missing && series.gaps(gap).not_available().starts_with("suppressed");
      if (i < series.numerators_size() && !untold) append_number(out, series.numerators(i));
      out += ',';
      if (i < series.denominators_size() && !untold) append_number(out, series.denominators(i));
      out += ',';
      if (!missing) append_number(out, i < series.reported_size() ? series.reported(i) : 1);
      base::append(out, ",", missing ? base::csv_field(series.gaps(gap).not_available()) : "",
                   "\n");
      ++lines_;
    }
    ++series_;
    return absl::OkStatus();
  }
  int64_t lines() const { return lines_; }
  int64_t series() const { return series_; }

 private:
  int64_t lines_ = 0;
  int64_t series_ = 0;
};

void print_summary(const CsvLines& lines, const common::v1::Basis& basis,
                   const indicators_pb::ExportResponse& last) {
  std::fprintf(stderr, "%s lines of %s series; data through %s, revision %lld%s%s\n",
               base::grouped(lines.lines()).c_str(), base::grouped(lines.series()).c_str(),
               basis.data_through().empty() ? "(no period yet)" : basis.data_through().c_str(),
               static_cast<long long>(basis.revision()),
               last.rounded() ? ", counts of cases rounded to 5" : "",
               last.suppressed() ? ", small counts withheld" : "");
  if (!basis.working_hours().empty())
    std::fprintf(stderr, "working hours: %s\n", basis.working_hours().c_str());
  for (const std::string& warning : basis.coverage_warnings())
    std::fprintf(stderr, "warning: %s\n", warning.c_str());
}

// Writes the stream. False if it failed; the error is told.
bool copy(Context& context, grpc::ClientReader<indicators_pb::ExportResponse>& stream,
          PackedFile& file) {
  CsvLines lines;
  common::v1::Basis basis;
  indicators_pb::ExportResponse last;
  std::string text(kHeader);
  absl::Status written;
  for (indicators_pb::ExportResponse message; written.ok() && stream.Read(&message);) {
    if (message.has_basis()) basis = message.basis();
    for (const auto& series : message.series()) {
      if (written.ok()) written = lines.append(series, text);
    }
    if (written.ok()) written = file.write(text);
    text.clear();
    last.Swap(&message);
  }
  if (!written.ok()) {
    context.fail(Exit::kFailure, base::from_absl(written.message()));
    return false;
  }
  if (!context.ok(stream.Finish())) return false;
  if (absl::Status const closed = file.close(); !closed.ok()) {
    context.fail(Exit::kFailure, base::from_absl(closed.message()));
    return false;
  }
  print_summary(lines, basis, last);
  return true;
}

void export_panel(Context& context, const Wanted& wanted) {
  if (context.json()) return context.fail(Exit::kUsage, "export writes CSV; leave out --output");
  if (wanted.zstd && wanted.file.empty() && isatty(STDOUT_FILENO) == 1) {
    return context.fail(Exit::kUsage, "a packed export is not for a terminal; name a --file");
  }
  auto const stub = indicators_pb::IndicatorService::NewStub(context.channel());
  indicators_pb::ExportRequest request;
  for (const std::string& name : wanted.names) request.add_names(name);
  request.set_filter(wanted.filter);
  request.set_from_period(wanted.from);
  request.set_to_period(wanted.to);
  request.set_skip_empty(wanted.skip_empty);
  set_as_of(context, *request.mutable_as_of());
  auto file = PackedFile::create(wanted.file, wanted.zstd);
  if (!file.ok()) return context.fail(Exit::kUsage, base::from_absl(file.status().message()));
  grpc::ClientContext call;  // no deadline: the server ends an export that stands still
  auto const stream = stub->Export(&call, request);
  if (!copy(context, *stream, *file)) call.TryCancel();
}

}  // namespace

void add_export(CLI::App& app, Context& context) {
  auto wanted = std::make_shared<Wanted>();
  CLI::App* const sub =
      app.add_subcommand("export", "figures of many nodes as CSV, all of one revision");
  sub->fallthrough();
  sub->add_option("names", wanted->names, "indicators or measures, as births; none = all");
  sub->add_option("--filter", wanted->filter,
                  "nodes, for example: area IN descendants(UKC) AND sector_level = section; "
                  "comparisons of area, sector, area_level and sector_level with =, != and IN (A, "
                  "B), joined by AND, OR and NOT");
  sub->add_option("--from", wanted->from, "first period; none = the oldest one kept");
  sub->add_option("--to", wanted->to, "last period; none = the last complete one");
  sub->add_option("--file", wanted->file, "none = standard output");
  add_as_of(*sub, context);
  sub->add_flag("--zstd", wanted->zstd, "pack the CSV with zstd");
  sub->add_flag("--skip-empty", wanted->skip_empty,
                "leave out series without a value other than zero");
  sub->callback([&context, wanted] { export_panel(context, *wanted); });
}

}  // namespace bellwether::cli
