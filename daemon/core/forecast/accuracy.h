// Purpose: the accuracy of a forecast, once the true values are known.
//   sMAPE: the mean of 200 |y − ŷ| / (|y| + |ŷ|) in percent (Makridakis 1993, International Journal
//   of Forecasting 9, 527–529). The error is 0 if both y and ŷ are 0.
//   MASE: the mean of |y − ŷ| divided by the mean naive step within the history (Hyndman & Koehler
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
  int periods = 0;               // number of periods judged; if 0, the other fields have no meaning
  double smape = 0;              // %
  std::optional<double> mase;    // nullopt if the history never changes
  std::vector<double> coverage;  // share of the true values within each interval, as in the
                                 // forecast
};

// came[h − 1] is the true value h periods after the last value, if it is known. Values beyond the
// forecast's horizon are ignored.
Accuracy judge(const Forecast& forecast, std::span<const std::optional<double>> came,
               double naive_step);

// The accuracy of a method on a series: forecasts from several earlier origins, compared with the
// values that followed.
struct RollingAccuracy {
  int origins = 0;   // 0: the series is too short for any origin
  int horizon = 0;   // periods judged from each
  double smape = 0;  // %, 0 … 200
  double mase = 0;
  double mase_seasonal_naive = 0;
  double coverage = 0;  // share of values within the widest interval
};
inline constexpr int kAccuracyOriginsMax = 8;
// Origins are a quarter of a season apart, the latest first, as long as at least two seasons
// precede them. `season` ≥ 1 is in periods.
RollingAccuracy rolling_accuracy(Series y, int season, const Options& options);

}  // namespace bellwether::forecast
