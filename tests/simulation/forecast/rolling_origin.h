// Purpose: the errors of forecasts from many origins of real series. At each origin the method gets
// only the values before it; its forecast is compared with the values after it. Thread safety:
// pure.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "core/forecast/accuracy.h"
#include "core/forecast/forecast.h"

namespace bellwether::forecast {

struct Dataset {
  std::string name;
  int season = 1;    // periods
  int horizon = 1;   // periods
  size_t first = 0;  // values before the first origin
  size_t step = 1;   // periods between origins
  std::vector<std::vector<double>> series;
};

struct RollingError {
  size_t forecasts = 0;  // series × origins
  double smape = 0;      // %, mean over all values forecast
  // In units of the mean step from one value to the next in the known part. The mean of the series'
  // means, because otherwise a series that hardly moves would count as much as all others together.
  double mase = 0;
  double coverage80 = 0;
  double coverage95 = 0;
};

// The levels of intervals are adapted from the start at each origin, as in the daemon. Leaves out
// origins at which the method does not assess the series, and origins before which the series never
// changed. They are the same for all methods whose history suffices.
inline RollingError rolling_error(const Dataset& data, Method method) {
  Options options;
  options.method = method;
  options.non_negative = true;
  RollingError out;
  double values = 0;
  double scaled_series = 0;
  for (const std::vector<double>& y : data.series) {
    double scaled = 0;
    double judged = 0;
    auto const h = static_cast<size_t>(data.horizon);
    for (size_t origin = data.first; origin + h <= y.size(); origin += data.step) {
      Series const known = Series(y).first(origin);
      double const step = naive_step(known);
      Forecast const f = forecast(known, data.season, data.horizon, options);
      if (f.why != NotAssessed::kNone || step == 0) continue;
      ++out.forecasts;
      for (size_t i = 0; i < h; ++i, ++judged) {
        double const came = y[origin + i];
        double const miss = std::abs(came - f.mean[i]);
        out.smape += symmetric_error(came, f.mean[i]);
        scaled += miss / step;
        auto const inside = [&](const IntervalPath& interval) {
          return interval.lower[i] <= came && came <= interval.upper[i] ? 1 : 0;
        };
        out.coverage80 += inside(f.intervals[0]);
        out.coverage95 += inside(f.intervals[1]);
      }
    }
    if (judged == 0) continue;
    values += judged;
    out.mase += scaled / judged;
    ++scaled_series;
  }
  out.mase /= scaled_series;
  for (double* sum : {&out.smape, &out.coverage80, &out.coverage95}) *sum /= values;
  return out;
}

}  // namespace bellwether::forecast
