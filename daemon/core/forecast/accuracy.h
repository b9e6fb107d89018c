// Purpose: how good a forecast was, once what came is known.
//   sMAPE: the mean of 200 |y − ŷ| / (|y| + |ŷ|) in percent (Makridakis 1993, International Journal
//   of
// Forecasting 9, 527–529); nothing forecast where nothing came is no error.
//   MASE: the mean of |y − ŷ| in units of the mean naive step within the history (Hyndman & Koehler
// 2006, same journal 22, 679–688).
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

}  // namespace bellwether::forecast
