// Fuzzes the results of `bellwether forecast` with options and a table of series. Every series has
// a row per period, with finite numbers in order, or with empty cells and a reason. Scores are in
// their ranges. The numbers of the figure are finite. A second run gives the same results.
#include "analysis/forecast_options.h"
#include "analysis/forecast_plot.h"
#include "analysis/forecast_table.h"
#include "fuzz/series_table.h"

namespace bellwether::analysis {
namespace {

// More or longer series find no more errors and take too long.
constexpr size_t kSeriesMax = 2;
constexpr size_t kPointsMax = 500;

ForecastFlags flags_of(fuzz::Input& input) {
  ForecastFlags f;
  f.calendar = fuzz::one_of<std::string>(input, {"week", "month", "undated"});
  f.season = fuzz::maybe(input, [&] { return fuzz::whole(input, 1, forecast::kPeriodMax); });
  f.method = forecast::name(forecast::kMethodsListed[input.byte() % forecast::kMethods]);
  f.horizon = fuzz::maybe(input, [&] { return fuzz::whole(input, 1, forecast::kHorizonMax); });
  f.holdout = fuzz::maybe(input, [&] { return fuzz::whole(input, 1, forecast::kHorizonMax); });
  f.levels.resize(input.byte() % (kLevelsMax + 2));
  for (double& level : f.levels) level = fuzz::positive(input, kLevelMin, kLevelMax);
  f.scores = fuzz::one_of<std::string>(input, {"", "scores.csv"});
  return f;
}

std::string csv_of(const std::vector<SeriesForecast>& forecasts, const ForecastOptions& o) {
  std::string csv = forecast_columns(o.levels);
  for (const SeriesForecast& f : forecasts) append_forecast_rows(csv, f, o);
  return csv;
}

std::vector<std::string> columns_of(const std::string& csv) {
  std::vector<std::string> columns;
  std::string const header = csv.substr(0, csv.find('\n'));
  for (size_t begin = 0; begin <= header.size();) {
    size_t const end = std::min(header.find(',', begin), header.size());
    columns.push_back(header.substr(begin, end - begin));
    begin = end + 1;
  }
  return columns;
}

std::vector<base::CsvRow> read_again(const std::string& csv) {
  auto const rows = base::parse_csv(csv, "out.csv", columns_of(csv));
  BELLWETHER_CHECK(rows.ok());
  return *rows;
}

void check_rows(const std::vector<SeriesForecast>& forecasts, const ForecastOptions& o) {
  auto const rows = read_again(csv_of(forecasts, o));
  BELLWETHER_CHECK(rows.size() == forecasts.size() * static_cast<size_t>(o.horizon));
  for (size_t i = 0; i < rows.size(); ++i) {
    const SeriesForecast& f = forecasts[i / static_cast<size_t>(o.horizon)];
    BELLWETHER_CHECK(rows[i][0] == f.name);
    auto const mean = fuzz::number_cell(rows[i][2]);
    BELLWETHER_CHECK(mean.has_value() == f.why.empty());
    double lower = mean.value_or(0);
    double upper = lower;
    for (size_t l = 0; l < o.levels.size(); ++l) {
      auto const lo = fuzz::number_cell(rows[i][3 + 2 * l]);
      auto const hi = fuzz::number_cell(rows[i][4 + 2 * l]);
      BELLWETHER_CHECK(lo.has_value() == mean.has_value() && hi.has_value() == mean.has_value());
      if (!mean) continue;
      BELLWETHER_CHECK(*lo <= lower && *hi >= upper);
      lower = *lo;
      upper = *hi;
    }
    if (mean) BELLWETHER_CHECK(o.scale.parse(rows[i][1]).ok());
  }
}

void check_scores(const std::vector<SeriesForecast>& forecasts, const ForecastOptions& o) {
  for (const base::CsvRow& row : read_again(scores_csv(score_rows(forecasts, o), o.levels))) {
    const std::string& state = row.fields.back();
    bool const assessed = state == "assessed";
    BELLWETHER_CHECK(assessed || state.starts_with("not assessed: "));
    auto const smape = fuzz::number_cell(row[3]);
    BELLWETHER_CHECK(smape.has_value() == assessed);
    BELLWETHER_CHECK(smape.value_or(0) >= 0 && smape.value_or(0) <= 200);
    BELLWETHER_CHECK(fuzz::number_cell(row[4]).value_or(0) >= 0);
    for (size_t l = 0; l < o.levels.size(); ++l) {
      double const share = fuzz::number_cell(row[5 + l]).value_or(0);
      BELLWETHER_CHECK(share >= 0 && share <= 100);
    }
  }
}

void check_figure(const PlotFigure& figure) {
  for (const PlotPanel& panel : figure.panels) {
    BELLWETHER_CHECK(std::isfinite(panel.x.low) && panel.x.low <= panel.x.high);
    for (const PlotLine& line : panel.lines) {
      for (const PlotPoint& p : line.points)
        BELLWETHER_CHECK(std::isfinite(p.x) && std::isfinite(p.y.value_or(0)));
    }
    for (const PlotBand& band : panel.bands) {
      for (const PlotSpan& s : band.spans) BELLWETHER_CHECK(s.y && s.y->low <= s.y->high);
    }
  }
}

void run(fuzz::Input input) {
  auto const o = forecast_options(flags_of(input));
  if (!o.ok()) return BELLWETHER_CHECK(absl::IsInvalidArgument(o.status()));
  auto const table = fuzz::series_table(input, o->scale, Values::kNumbers);
  if (!table || table->series.size() > kSeriesMax) return;
  std::vector<SeriesForecast> forecasts;
  for (const Series& s : table->series) {
    if (s.points.size() > kPointsMax) return;
    forecasts.push_back(forecast_series(s, *o));
  }
  check_rows(forecasts, *o);
  if (o->holdout > 0) check_scores(forecasts, *o);
  check_figure(forecast_figure(table->series, forecasts, *o));
  if (forecasts.empty()) return;
  std::vector<SeriesForecast> const again = {forecast_series(table->series[0], *o)};
  BELLWETHER_CHECK(csv_of(again, *o) == csv_of({forecasts[0]}, *o));
}

}  // namespace
}  // namespace bellwether::analysis

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bellwether::analysis::run(bellwether::fuzz::Input(data, size));
  return 0;
}
