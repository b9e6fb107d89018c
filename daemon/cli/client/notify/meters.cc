#include "cli/client/notify/meters.h"

#include <algorithm>
#include <cstring>

#include "core/base/check.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

constexpr int kLogEveryFailures = 10;

prometheus::Gauge& gauge(prometheus::Registry& registry, const char* target, const char* name,
                         const char* help) {
  return prometheus::BuildGauge()
      .Name(base::cat("bellwether_", name))
      .Help(help)
      .Register(registry)
      .Add({{"target", target}});
}

prometheus::Gauge& failing_since(prometheus::Registry& registry, const char* target,
                                 const char* step) {
  return prometheus::BuildGauge()
      .Name("bellwether_notify_failing_since_timestamp_seconds")
      .Help(
          "When the step began to fail: ask the daemon, save the state, send to the target, sign; "
          "0: it works.")
      .Register(registry)
      .Add({{"target", target}, {"step", step}});
}

prometheus::Counter& deliveries(prometheus::Registry& registry, const char* target,
                                const char* outcome) {
  return prometheus::BuildCounter()
      .Name("bellwether_notify_deliveries_total")
      .Help("Requests to the target: delivered, failed (and tried again), dead_letter (given up).")
      .Register(registry)
      .Add({{"target", target}, {"outcome", outcome}});
}

}  // namespace

TargetMeters::TargetMeters(prometheus::Registry& registry, const char* target)
    : asking(failing_since(registry, target, "ask")),
      saving(failing_since(registry, target, "save")),
      sending(failing_since(registry, target, "send")),
      signing(failing_since(registry, target, "sign")),
      delivered(deliveries(registry, target, "delivered")),
      failed(deliveries(registry, target, "failed")),
      dead_letters(deliveries(registry, target, "dead_letter")),
      delivered_at(gauge(registry, target, "notify_last_delivery_timestamp_seconds",
                         "When the target took something last; 0: never since the start.")),
      alerts(
          gauge(registry, target, "notify_open_alerts", "Open alerts that the target is told of.")),
      left_out(gauge(registry, target, "notify_left_out_alerts",
                     "Open alerts that the target is not told of, because there are too many.")),
      target_(target) {}

std::string TargetMeters::failing() const {
  if (sending.Value() > 0) return base::cat(target_, ": it does not take what it is sent");
  if (asking.Value() > 0) return base::cat(target_, ": the daemon does not answer");
  if (saving.Value() > 0) return base::cat(target_, ": the state cannot be written");
  if (signing.Value() > 0) return base::cat(target_, ": the secret cannot be read");
  return "";
}

void Failures::add(const std::string& what) {
  if (count_ == 0) since_.SetToCurrentTime();
  if (count_++ % kLogEveryFailures == 0) {
    log_(base::LogLevel::kWarning, part_,
         base::cat(what, count_ > 1 ? base::cat(" (", count_, " times in a row)") : ""));
  }
}

void Failures::end(const std::string& what) {
  if (count_ > 0) log_(base::LogLevel::kInfo, part_, what);
  count_ = 0;
  since_.Set(0);
}

Meters::Meters(const std::vector<const char*>& targets) {
  for (const char* const target : targets)
    targets_.push_back(std::make_unique<TargetMeters>(*registry_, target));
}

TargetMeters& Meters::of(const char* target) {
  auto const found = std::ranges::find_if(
      targets_, [&](const auto& each) { return std::strcmp(each->target(), target) == 0; });
  BELLWETHER_CHECK(found != targets_.end());
  return **found;
}

absl::Status Meters::serve(const std::string& address) {
  auto const ready = [this] {
    for (const auto& each : targets_) {
      if (std::string why = each->failing(); !why.empty()) return metrics::Health{false, why};
    }
    return metrics::Health{true, "ready"};
  };
  BELLWETHER_ASSIGN_OR_RETURN(exposer_, metrics::Exposer::start(address, ready));
  exposer_->add(registry_);
  exposer_->add(process_);
  return absl::OkStatus();
}

}  // namespace bellwether::cli
