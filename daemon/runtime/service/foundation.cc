#include "runtime/service/foundation.h"

#include <unistd.h>

#include <thread>

#include "absl/time/clock.h"
#include "adapters/log/log.h"
#include "core/base/text.h"

namespace bellwether::runtime {
namespace {

std::string writer_name(const std::string& client_id) {
  char host[256] = {};
  gethostname(host, sizeof host - 1);
  return base::cat(client_id, "@", static_cast<const char*>(host), ":", getpid());
}

}  // namespace

Foundation::Foundation(config::Config at_start, std::string config_path,
                       reference::Reference tables)
    : config(std::move(at_start)),
      calendar(config.time.calendar),
      reference(std::make_shared<const reference::Reference>(std::move(tables))),
      decoder(*reference),
      inputs(inputs_of(config)),
      client(kafka_client(config)),
      writer(writer_name(config.kafka.client_id)),
      log([](base::LogLevel level, std::string_view part, std::string_view message) {
        log::line(level, part, message);
      }),
      disk(snapshot::posix_disk()),
      started_at(absl::ToUnixMillis(absl::Now())),
      limits(cgroup::limits_of_this_process()),
      threads(cgroup::threads(limits, std::thread::hardware_concurrency())),
      stop(absl::Milliseconds(config.runtime.drain_timeout_ms + config.runtime.drain_delay_ms)),
      reloadable(config, std::move(config_path), *reference),
      keeper(calendar),
      views(reference, calendar, keeper),
      past_views(views, keeper, forecast_measures(config.forecasts),
                 evaluator_options(config).topics) {
  if (config.snapshots.peers.empty()) return;
  exchange.emplace(config.snapshots, *disk,
                   TransferPlace{[this] { return stop.requested(); },
                                 [this](std::string what) {
                                   set_doing(NotReadyReason::kTakingSnapshot, std::move(what));
                                 },
                                 log});
}

void Foundation::set_doing(NotReadyReason step, std::string what) {
  std::lock_guard lock(doing_mutex_);
  doing_ = {step, std::move(what)};
}

NotReady Foundation::doing() const {
  std::lock_guard lock(doing_mutex_);
  return doing_;
}

}  // namespace bellwether::runtime
