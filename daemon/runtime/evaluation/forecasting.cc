#include "runtime/evaluation/forecasting.h"

#include "absl/time/clock.h"
#include "core/base/text.h"
#include "core/engine/forecaster.h"

namespace bellwether::runtime {
namespace {

constexpr absl::Duration kLook = absl::Milliseconds(200);
// Data without a new tick for this long is not catching up.
constexpr absl::Duration kSettled = absl::Seconds(1);
// Number of series forecast before the next check for a new tick.
constexpr size_t kAtOnce = 16;

}  // namespace

Forecasting::Forecasting(ForecastingOptions options, Views& views, base::LogFn log)
    : options_(std::move(options)), views_(views), log_(std::move(log)) {
  if (!options_.measures.empty()) thread_ = std::thread([this] { run(); });
}

Forecasting::~Forecasting() {
  stop();
}

void Forecasting::stop() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stop_changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

ForecastingReport Forecasting::report() const {
  std::lock_guard lock(mutex_);
  return report_;
}

bool Forecasting::pause(absl::Duration wait) {
  std::unique_lock lock(mutex_);
  return !stop_changed_.wait_for(lock, absl::ToChronoMilliseconds(wait), [this] { return stop_; });
}

void Forecasting::run() {
  std::optional<base::PeriodIndex> seen;
  std::optional<base::PeriodIndex> done;
  absl::Time since = absl::Now();
  while (pause(kLook)) {
    std::shared_ptr<const engine::View> const view = views_.get();
    if (view->data_through != seen) {
      seen = view->data_through;
      since = absl::Now();
    }
    if (!seen || seen == done || absl::Now() - since < kSettled) continue;
    forecast(*view);
    done = seen;
  }
}

void Forecasting::forecast(const engine::View& view) {
  absl::Time const begin = absl::Now();
  engine::Forecaster forecaster(view.panel, view.reported, *view.data_through, options_.measures);
  while (forecaster.step(kAtOnce)) {
    if (!pause(absl::ZeroDuration()) || views_.get()->data_through != view.data_through) return;
    if (absl::Now() - begin < options_.budget) continue;
    log_(base::LogLevel::kWarning, "forecast",
         base::cat("forecasts through ", view.calendar.name(*view.data_through), " took more than ",
                   absl::FormatDuration(options_.budget),
                   " and were dropped; name fewer measures under forecasts.measures"));
    std::lock_guard lock(mutex_);
    ++report_.over_budget;
    return;
  }
  std::shared_ptr<const engine::ForecastTable> table = forecaster.finish();
  {
    std::lock_guard lock(mutex_);
    report_.series = table->size();
    report_.seconds = absl::ToDoubleSeconds(absl::Now() - begin);
    ++report_.tables;
  }
  views_.set_forecasts(std::move(table));
}

}  // namespace bellwether::runtime
