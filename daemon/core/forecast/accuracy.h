// Purpose: how good a forecast was, once what came is known.
//   sMAPE: the mean of 200 |y − ŷ| / (|y| + |ŷ|) in percent (Makridakis 1993, International Journal
//   of Forecasting 9, 527–529); nothing forecast where nothing came is no error.
//   MASE: the mean of |y − ŷ| in units of the mean naive step within the history (Hyndman & Koehler
//   2006, same journal 22, 679–688).
// Thread safety: pure.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/forecast/forecast.h"
#include "core/forecast/series.h"

namespace bellwether::forecast {

// In percent, 0 … 200.
double symmetric_error(double came, double forecast);

// Mean of |y_t − y_{t−1}|; 0 for fewer than two values.
double naive_step(Series y);

struct Accuracy {
  int periods = 0;               // judged; where there are none, the rest says nothing
  double smape = 0;              // %
  std::optional<double> mase;    // none where the history never moved
  std::vector<double> coverage;  // share of what came within each interval, as in the forecast
};

// came[h − 1] is what came h periods after the last value, where it is known; more than was
// forecast is not looked at.
Accuracy judge(const Forecast& forecast, std::span<const std::optional<double>> came,
               double naive_step);

// How a method did on a series: forecast from several earlier periods and judged by what came.
struct RollingAccuracy {
  int origins = 0;   // 0: too short for any
  int horizon = 0;   // periods judged from each
  double smape = 0;  // %, 0 … 200
  double mase = 0;
  double mase_seasonal_naive = 0;
  double coverage = 0;  // share within the widest interval
};
inline constexpr int kAccuracyOriginsMax = 8;
// From origins a quarter of a season apart, the latest first, as far back as two seasons precede
// them. `season` ≥ 1 periods.
RollingAccuracy rolling_accuracy(Series y, int season, const Options& options);

}  // namespace bellwether::forecast
