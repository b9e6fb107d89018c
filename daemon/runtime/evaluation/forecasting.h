// Purpose: forecasts between ticks: a thread that, once the data have stood still for a moment,
// forecasts the configured measures of every node and publishes them whole. Invariants: a table is
// of one cut. What a tick overtakes is dropped, so that catching up costs no forecasts; what does
// not fit into the budget is left to those who ask. Thread safety: all public functions may be
// called from any thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "adapters/kafka/client.h"
#include "core/base/log.h"
#include "core/indicators/deltas.h"
#include "runtime/evaluation/views.h"

namespace bellwether::runtime {

struct ForecastingOptions {
  std::vector<indicators::Measure>
      measures;  // empty: no thread, all forecasts are made when asked for
  absl::Duration budget = absl::Seconds(60);  // of one table
};

struct ForecastingReport {
  size_t series = 0;   // in the last table
  double seconds = 0;  // that it took
  int64_t tables = 0;
  int64_t over_budget = 0;  // tables that were given up
};

class Forecasting {
 public:
  Forecasting(ForecastingOptions options, Views& views, base::LogFn log);
  ~Forecasting();
  ForecastingReport report() const;
  void stop();

 private:
  void run();
  // Sleeps; false when the process stops.
  bool pause(absl::Duration wait);
  void forecast(const engine::View& view);

  ForecastingOptions const options_;
  Views& views_;
  base::LogFn log_;
  mutable std::mutex mutex_;
  std::condition_variable stop_changed_;
  bool stop_ = false;
  ForecastingReport report_;
  std::thread thread_;
};

}  // namespace bellwether::runtime
