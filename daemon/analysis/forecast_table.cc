#include "analysis/forecast_table.h"

#include "analysis/series_csv.h"
#include "core/base/csv.h"
#include "core/base/text.h"

namespace bellwether::analysis {
namespace {

constexpr forecast::Method kYardstick = forecast::Method::kSeasonalNaive;

// Means of the scores over series.
class Mean {
 public:
  void add(const forecast::Accuracy& a) {
    ++series_;
    sum_.periods += a.periods;
    sum_.smape += a.smape;
    if (a.mase) {
      ++with_mase_;
      sum_.mase = sum_.mase.value_or(0) + *a.mase;
    }
    sum_.coverage.resize(a.coverage.size());
    for (size_t l = 0; l < a.coverage.size(); ++l) sum_.coverage[l] += a.coverage[l];
  }
  Holdout holdout() const {
    if (series_ == 0) return {"no series is", {}};
    Holdout h{"", sum_};
    h.accuracy.smape /= series_;
    if (h.accuracy.mase) *h.accuracy.mase /= with_mase_;
    for (double& share : h.accuracy.coverage) share /= series_;
    return h;
  }

 private:
  int series_ = 0;
  int with_mase_ = 0;
  forecast::Accuracy sum_;
};

}  // namespace

std::string forecast_columns(std::span<const double> levels) {
  std::string line = "series,period,mean";
  for (double level : levels)
    base::append(line, ",lo", csv_number(level), ",hi", csv_number(level));
  return line + "\n";
}

void append_forecast_rows(std::string& csv, const SeriesForecast& s, const ForecastOptions& o) {
  std::string const name = base::csv_field(s.name);
  for (int h = 0; h < o.horizon; ++h) {
    auto const i = static_cast<size_t>(h);
    base::append(csv, name, ",", o.scale.name(base::PeriodIndex(s.first.value + h)), ",");
    if (!s.why.empty()) {
      csv.append(2 * o.levels.size(), ',');
    } else {
      csv += csv_number(s.forecast.mean[i]);
      for (const forecast::IntervalPath& interval : s.forecast.intervals)
        base::append(csv, ",", csv_number(interval.lower[i]), ",", csv_number(interval.upper[i]));
    }
    csv += "\n";
  }
}

std::vector<ScoreRow> score_rows(std::span<const SeriesForecast> forecasts,
                                 const ForecastOptions& o) {
  bool const compared = o.method != kYardstick;
  std::vector<ScoreRow> rows;
  Mean ours;
  Mean yardstick;
  for (const SeriesForecast& s : forecasts) {
    rows.push_back({s.name, forecast::name(o.method), *s.holdout});
    if (compared) rows.push_back({s.name, forecast::name(kYardstick), *s.seasonal_naive});
    if (!s.holdout->why.empty() || !s.seasonal_naive->why.empty()) continue;
    ours.add(s.holdout->accuracy);
    yardstick.add(s.seasonal_naive->accuracy);
  }
  if (forecasts.size() < 2) return rows;
  rows.push_back({"", forecast::name(o.method), ours.holdout()});
  if (compared) rows.push_back({"", forecast::name(kYardstick), yardstick.holdout()});
  return rows;
}

std::string scores_csv(std::span<const ScoreRow> rows, std::span<const double> levels) {
  std::string csv = "series,method,periods,smape,mase";
  for (double level : levels) base::append(csv, ",cover", csv_number(level));
  csv += ",state\n";
  for (const ScoreRow& row : rows) {
    const forecast::Accuracy& a = row.holdout.accuracy;
    base::append(csv, base::csv_field(row.series), ",", row.method, ",");
    if (!row.holdout.why.empty()) {
      csv.append(levels.size() + 3, ',');
      base::append(csv, base::csv_field(base::cat("not assessed: ", row.holdout.why)), "\n");
      continue;
    }
    base::append(csv, a.periods, ",", csv_number(a.smape), ",", csv_number(a.mase));
    for (double share : a.coverage) base::append(csv, ",", csv_number(100 * share));
    csv += ",assessed\n";
  }
  return csv;
}

}  // namespace bellwether::analysis
