// Purpose: what `bellwether forecast` says of a series: where it goes after its last value, or,
// with a holdout, after the last value before that, and how far off this was. Invariants: a
// function of the series and the options; every figure is finite; a series that cannot be forecast
// says why. Thread safety: pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/period_scale.h"
#include "analysis/series_csv.h"
#include "core/base/calendar.h"
#include "core/forecast/accuracy.h"
#include "core/forecast/forecast.h"
#include "core/forecast/method.h"

namespace bellwether::analysis {

struct ForecastOptions {
  PeriodScale scale = PeriodScale::dated(base::CalendarUnit::kMonth);
  forecast::Method method = forecast::Options{}.method;
  int season = 12;                        // 1 … forecast::kPeriodMax
  int horizon = 12;                       // 1 … forecast::kHorizonMax
  int holdout = 0;                        // latest periods that are forecast from those before
  std::vector<double> levels = {80, 95};  // coverages in %, increasing
};

// How the method did on the periods held out.
struct Holdout {
  std::string why;  // not assessed: then there is nothing else
  forecast::Accuracy accuracy;
};

struct SeriesForecast {
  std::string name;
  base::PeriodIndex first;           // of those forecast
  std::string why;                   // not assessed: then `forecast` is empty
  std::vector<std::string> remarks;  // on what it rests, where that is not the series as it stands
  forecast::Forecast forecast;
  std::optional<Holdout> holdout;         // with options.holdout
  std::optional<Holdout> seasonal_naive;  // beside it
};

// A series without a negative value is not forecast below zero.
SeriesForecast forecast_series(const Series& series, const ForecastOptions& options);

}  // namespace bellwether::analysis
