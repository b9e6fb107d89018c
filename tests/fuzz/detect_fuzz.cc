// Fuzzes the results of `bellwether detect` with options and a table of counts. Every period has a
// row of finite numbers in their ranges. The row is assessed or has a reason. A second run gives
// the same results.
#include "analysis/detect_all.h"
#include "analysis/detect_options.h"
#include "analysis/detect_plot.h"
#include "analysis/detect_table.h"
#include "fuzz/series_table.h"

namespace bellwether::analysis {
namespace {

// More or longer series find no more errors and take too long, because a threshold from a run
// length is solved for each series.
constexpr size_t kSeriesMax = 2;
constexpr size_t kPointsMax = 400;

using fuzz::maybe;
using fuzz::one_of;
using fuzz::positive;
using fuzz::whole;

DetectFlags flags_of(fuzz::Input& input) {
  DetectFlags f;
  f.calendar = one_of<std::string>(input, {"week", "month", "undated"});
  f.season = maybe(input, [&] { return whole(input, 1, kSeasonMax); });
  if (f.calendar != "undated" && input.byte() % 8 > 0) f.season.reset();
  f.years = maybe(input, [&] { return whole(input, 1, kYearsMax); });
  f.half_window = maybe(input, [&] { return whole(input, 0, kSeasonMax); });
  f.seasonal_blocks = maybe(input, [&] { return whole(input, 1, kSeasonMax); });
  f.exclude_recent = maybe(input, [&] { return whole(input, 0, kYearsMax * kSeasonMax); });
  f.weights = one_of<std::string>(input, {"", "symmetric", "upper", "none"});
  f.weights_threshold = maybe(input, [&] { return positive(input, 0.01, 100); });
  f.trend = one_of<std::string>(input, {"", "always", "never", "significant"});
  f.compatibility = one_of<std::string>(input, {"", "", "r-surveillance"});
  f.method =
      one_of<std::string>(input, {"", "rule", "farrington", "cusum", "ears", "poisson-cusum"});
  f.harm = one_of<std::string>(input, {"both", "low", "high"});
  f.alpha = maybe(input, [&] { return positive(input, 1e-9, 0.4999); });
  f.threshold_h = maybe(input, [&] { return positive(input, 1e-3, 1e9); });
  if (!f.threshold_h && input.byte() % 8 == 0) f.run_length = positive(input, 2, 1e6);
  f.false_alarms_a_year = maybe(input, [&] { return positive(input, 0.001, 1); });
  f.total = one_of<std::string>(input, {"", "", "a"});
  f.ears = one_of<std::string>(input, {"", "c1", "c2", "c3"});
  f.rate_ratio = maybe(input, [&] { return positive(input, 1.01, 100); });
  f.cold_start = one_of<std::string>(input, {"", "", "on", "off"});
  f.score_scale = one_of<std::string>(input, {"", "", "own", "none"});
  return f;
}

void check_row(const DetectRow& row) {
  bool const assessed = row.state != DetectState::kNotAssessed;
  BELLWETHER_CHECK(assessed == row.why.empty());
  BELLWETHER_CHECK(assessed == row.expected.has_value());
  for (const auto& x : {row.observed, row.expected, row.dispersion, row.lower, row.upper, row.p_low,
                        row.p_high, row.score, row.cusum, row.deviation, row.false_alarms_a_year}) {
    BELLWETHER_CHECK(std::isfinite(x.value_or(0)));
  }
  for (const auto& p : {row.p_low, row.p_high})
    BELLWETHER_CHECK(p.value_or(0) >= 0 && p.value_or(0) <= 1);
  BELLWETHER_CHECK(row.cusum.value_or(0) >= 0);
  if (row.lower && row.upper) BELLWETHER_CHECK(*row.lower <= *row.upper);
}

std::string csv_of(const Series& s, const std::vector<DetectRow>& rows, const PeriodScale& scale) {
  std::string csv(kDetectColumns);
  append_detect_rows(csv, s.name, rows, scale, std::nullopt);
  return csv;
}

void check_csv(const std::string& csv, size_t lines) {
  auto const rows = base::parse_csv(
      csv, "out.csv",
      {"series", "period", "observed", "expected", "dispersion", "lower", "upper", "p_low",
       "p_high", "score", "cusum", "onset", "state", "deviation", "false_alarms_a_year", "hit_by"});
  BELLWETHER_CHECK(rows.ok() && rows->size() == lines);
  for (const base::CsvRow& row : *rows) {
    for (size_t const c : {2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14}) fuzz::number_cell(row[c]);
  }
}

void run(fuzz::Input input) {
  auto const o = detect_options(flags_of(input));
  if (!o.ok()) return BELLWETHER_CHECK(absl::IsInvalidArgument(o.status()));
  auto const table = fuzz::series_table(input, o->series.scale, Values::kCounts);
  if (!table || table->series.size() > kSeriesMax) return;
  for (const Series& s : table->series) {
    if (s.points.size() > kPointsMax) return;
  }
  auto const all = detect_all(table->series, o->series);
  auto const again = detect_all(table->series, o->series);
  std::vector<DetectedSeries> detected;
  for (size_t i = 0; i < all.size(); ++i) {
    const Series& s = table->series[i];
    BELLWETHER_CHECK(all[i].size() == s.points.size());
    for (const DetectRow& row : all[i]) check_row(row);
    std::string const csv = csv_of(s, all[i], o->series.scale);
    check_csv(csv, all[i].size());
    BELLWETHER_CHECK(csv == csv_of(s, again[i], o->series.scale));
    detected.push_back({s.name, all[i]});
  }
  BELLWETHER_CHECK(detect_figure(detected, o->series, o->from).panels.size() <= kPlotPanelsMax);
}

}  // namespace
}  // namespace bellwether::analysis

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bellwether::analysis::run(bellwether::fuzz::Input(data, size));
  return 0;
}
