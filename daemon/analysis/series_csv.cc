#include "analysis/series_csv.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_format.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::analysis {
namespace {

// The content of one row.
struct Reading {
  base::PeriodIndex period;
  int line = 0;
  std::optional<double> value;
  std::string missing;
};

struct Defect {
  std::string missing;  // as in SeriesPoint
  std::string what;     // as in LineError
};

std::optional<Defect> defect_of(std::string_view text, std::optional<double> value, Values values) {
  auto const defect = [text](std::string_view missing, std::string_view what) {
    return Defect{std::string(missing), base::cat("value '", text, "' is ", missing, "; ", what)};
  };
  std::string_view const kind = values == Values::kCounts ? "a count" : "a number";
  if (text.empty()) {
    return Defect{"no value", base::cat("the value is empty; write ", kind, ", or remove the row")};
  }
  if (!value || !std::isfinite(*value)) {
    return defect("not a number", base::cat("write ", kind, ", or remove the row"));
  }
  if (values == Values::kNumbers) {
    if (std::abs(*value) <= kNumberMax) return std::nullopt;
    return defect(base::cat("beyond ", kNumberMax), "use a larger unit");
  }
  if (*value < 0) return defect("negative", "a count is 0 or more; correct it or remove the row");
  if (*value != std::floor(*value))
    return defect("not a whole number", "round it or remove the row");
  if (*value > kCountMax) {
    return defect(base::cat("above ", static_cast<int64_t>(kCountMax)),
                  "correct it, or count in a larger unit");
  }
  return std::nullopt;
}

// Makes the points of one series from its readings, one point per period.
class Assembly {
 public:
  Assembly(const PeriodScale& scale, std::vector<base::LineError>& bad)
      : scale_(scale), bad_(bad) {}

  Series assemble(std::string name, std::vector<Reading> readings) {
    std::ranges::stable_sort(readings, {}, [](const Reading& r) { return r.period; });
    Series series{std::move(name), {}};
    int64_t const span = int64_t{readings.back().period.value} - readings.front().period.value + 1;
    if (span > kSeriesPeriodsMax) complain_of_span(series.name, readings, span);
    for (size_t i = 0; i < readings.size();) {
      size_t const begin = i;
      while (i < readings.size() && readings[i].period == readings[begin].period) ++i;
      if (i - begin > 1)
        complain_of_twins(series.name, std::span(readings).subspan(begin, i - begin));
      if (span <= kSeriesPeriodsMax) fill_gap(series, readings[begin].period);
      Reading& r = readings[begin];
      series.points.push_back({r.period, r.value, std::move(r.missing)});
    }
    return series;
  }

 private:
  static void fill_gap(Series& series, base::PeriodIndex until) {
    if (series.points.empty()) return;
    for (int32_t p = series.points.back().period.value + 1; p < until.value; ++p) {
      series.points.push_back({base::PeriodIndex(p), std::nullopt, "no value"});
    }
  }

  // Names only the last line, because one far-off period is usually a typing error.
  void complain_of_span(const std::string& name, std::vector<Reading>& readings, int64_t span) {
    bad_.push_back({readings.back().line,
                    base::cat("series '", name, "' spans ", span, " periods from ",
                              scale_.name(readings.front().period), " to ",
                              scale_.name(readings.back().period), " and ", kSeriesPeriodsMax,
                              " are allowed; correct the periods or split the series")});
    for (Reading& r : readings) {
      r.value.reset();
      r.missing = "the series spans too many periods";
    }
  }

  // The repeated rows contradict each other, so the first of `twins` loses its value and the others
  // are dropped.
  void complain_of_twins(const std::string& name, std::span<Reading> twins) {
    for (const Reading& r : twins.subspan(1)) {
      bad_.push_back(
          {r.line, base::cat("period ", scale_.name(r.period), " of series '", name,
                             "' is in line ", twins.front().line, " already; keep one of them")});
    }
    twins.front().value.reset();
    twins.front().missing = "given twice";
  }

  const PeriodScale& scale_;
  std::vector<base::LineError>& bad_;
};

}  // namespace

absl::StatusOr<SeriesTable> parse_series(std::string_view csv, std::string_view file,
                                         const PeriodScale& scale, Values values) {
  BELLWETHER_ASSIGN_OR_RETURN(base::CsvTable rows,
                              base::parse_csv_table(csv, file, {"series", "period", "value"}));
  SeriesTable table;
  table.bad = std::move(rows.bad);
  std::vector<std::pair<std::string, std::vector<Reading>>> named;
  absl::flat_hash_map<std::string, size_t> index;
  for (const base::CsvRow& row : rows.rows) {
    auto const period = scale.parse(row[1]);
    if (row[0].empty()) {
      table.bad.push_back({row.line, "the series has no name; write one"});
      continue;
    }
    if (!period.ok()) {
      table.bad.push_back({row.line, base::cat("period ", period.status().message())});
      continue;
    }
    Reading reading{*period, row.line, base::parse_number<double>(row[2]), ""};
    if (auto const defect = defect_of(row[2], reading.value, values)) {
      table.bad.push_back({row.line, defect->what});
      reading.value.reset();
      reading.missing = defect->missing;
    }
    auto const [at, is_new] = index.try_emplace(row[0], named.size());
    if (is_new) named.emplace_back(row[0], std::vector<Reading>());
    named[at->second].second.push_back(std::move(reading));
  }
  if (named.empty() && table.bad.empty()) {
    return absl::InvalidArgumentError(
        base::cat(file, ":1: there are no rows below the header; add some"));
  }
  Assembly assembly(scale, table.bad);
  for (auto& [name, readings] : named) {
    table.series.push_back(assembly.assemble(std::move(name), std::move(readings)));
  }
  std::ranges::stable_sort(table.bad, {}, &base::LineError::line);
  return table;
}

std::string csv_number(std::optional<double> x) {
  if (!x) return "";
  return absl::StrFormat("%.10g", *x + 0.0);  // −0 is written 0
}

}  // namespace bellwether::analysis
