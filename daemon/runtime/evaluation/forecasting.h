// Purpose: forecasts between ticks. When no tick has come for a moment, a thread forecasts the
// configured measures of every node and publishes the complete table. Invariants: a table belongs
// to one cut. A new tick cancels the table in progress, so that catch-up computes no forecasts. If
// a table exceeds the budget, it is dropped and its forecasts are computed on request.
// Thread safety: all public functions may be called from any thread.
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
      measures;  // empty: no thread runs, and all forecasts are computed on request
  absl::Duration budget = absl::Seconds(60);  // for one table
};

struct ForecastingReport {
  size_t series = 0;   // in the last table
  double seconds = 0;  // time to compute the last table
  int64_t tables = 0;
  int64_t over_budget = 0;  // tables dropped because they exceeded the budget
};

class Forecasting {
 public:
  Forecasting(ForecastingOptions options, Views& views, base::LogFn log);
  ~Forecasting();
  ForecastingReport report() const;
  void stop();

 private:
  void run();
  // Sleeps. False if the process stops.
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
