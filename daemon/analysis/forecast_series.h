// Purpose: the results of `bellwether forecast` for a series: a forecast of the periods after its
// last value. With a holdout, a forecast of the latest periods from the ones before, and its error.
// Invariants: a function of the series and the options; every figure is finite; a series that
// cannot be forecast has a reason. Thread safety: pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/period_scale.h"
#include "analysis/series_csv.h"
#include "core/base/business_calendar.h"
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
  int holdout = 0;                        // latest periods to forecast from the periods before them
  std::vector<double> levels = {80, 95};  // coverages in %, increasing
  base::BusinessCalendar business_calendar;  // closed periods held out are not scored
};

// The accuracy of the method on the periods held out.
struct Holdout {
  std::string why;  // reason if not assessed; then `accuracy` is empty
  forecast::Accuracy accuracy;
};

struct SeriesForecast {
  std::string name;
  base::PeriodIndex first;           // first period forecast
  std::string why;                   // reason if not assessed; then `forecast` is empty
  std::vector<std::string> remarks;  // how the history differs from the series as given
  forecast::Forecast forecast;
  std::optional<Holdout> holdout;         // set with options.holdout
  std::optional<Holdout> seasonal_naive;  // the same, for the yardstick
};

// A series without negative values gets no forecast below zero.
SeriesForecast forecast_series(const Series& series, const ForecastOptions& options);

}  // namespace bellwether::analysis
