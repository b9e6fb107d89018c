#include "cli/connect/metrics.h"

#include <utility>

#include "core/base/status.h"
#include "core/base/text.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"

namespace bellwether::cli {
namespace {

constexpr double kMillis = 1e3;

prometheus::Counter& counter_of(prometheus::Registry& registry, const std::string& stream,
                                const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(
      {{"stream", stream}});
}
prometheus::Gauge& gauge_of(prometheus::Registry& registry, const std::string& stream,
                            const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(
      {{"stream", stream}});
}

}  // namespace

SourceMetrics::SourceMetrics(prometheus::Registry& registry, const std::string& stream)
    : lines_(counter_of(registry, stream, "bellwether_connect_lines_total",
                        "Lines read, without those that only show that the stream is alive.")),
      reconnects_(counter_of(registry, stream, "bellwether_connect_reconnects_total",
                             "Connections to the stream after the first.")),
      connected_(gauge_of(registry, stream, "bellwether_connect_connected",
                          "1 while the stream is connected.")),
      timepoint_(gauge_of(registry, stream, "bellwether_connect_last_timepoint",
                          "Time point of the last line that was read.")),
      published_(gauge_of(registry, stream, "bellwether_connect_last_record_timestamp_seconds",
                          "When the register published the last line that was read.")),
      heard_(gauge_of(registry, stream, "bellwether_connect_last_heard_timestamp_seconds",
                      "When the stream last sent anything, if only that it is alive.")) {}

void SourceMetrics::line() {
  lines_.Increment();
}
void SourceMetrics::heard(int64_t now_ms) {
  heard_.Set(static_cast<double>(now_ms) / kMillis);
}
void SourceMetrics::read_to(int64_t timepoint, int64_t published_ms) {
  timepoint_.Set(static_cast<double>(timepoint));
  published_.Set(static_cast<double>(published_ms) / kMillis);
}
void SourceMetrics::connected(bool yes) {
  connected_.Set(yes ? 1 : 0);
}
void SourceMetrics::reconnects() {
  reconnects_.Increment();
}

ConnectMetrics::ConnectMetrics()
    : registry_(
          std::make_shared<prometheus::Registry>(prometheus::Registry::InsertBehavior::Merge)),
      process_(metrics::process_collector()),
      refused_(prometheus::BuildCounter()
                   .Name("bellwether_connect_refused_total")
                   .Help("Rows and lines that cannot be used, by reason.")
                   .Register(*registry_)),
      committed_(prometheus::BuildGauge()
                     .Name("bellwether_connect_last_commit_timestamp_seconds")
                     .Help("When the broker last had all and the state was written.")
                     .Register(*registry_)
                     .Add({})) {
  auto& family = prometheus::BuildCounter()
                     .Name("bellwether_connect_facts_total")
                     .Help("Records published, by topic.")
                     .Register(*registry_);
  for (const domain::TopicInfo& topic : domain::kTopics) {
    said_[static_cast<size_t>(topic.id)] = &family.Add({{"topic", std::string(topic.name)}});
  }
}
ConnectMetrics::~ConnectMetrics() = default;

void ConnectMetrics::not_ready(const std::string& why) {
  std::lock_guard const lock(mutex_);
  not_ready_ = why;
}

absl::Status ConnectMetrics::serve(int port) {
  auto const health = [this] {
    std::lock_guard const lock(mutex_);
    return metrics::Health{not_ready_.empty(), not_ready_.empty() ? "ready" : not_ready_};
  };
  BELLWETHER_ASSIGN_OR_RETURN(exposer_, metrics::Exposer::start(base::cat(port), health));
  exposer_->add(registry_);
  exposer_->add(process_);
  return absl::OkStatus();
}

int ConnectMetrics::port() const {
  return exposer_ == nullptr ? 0 : exposer_->port();
}

void ConnectMetrics::said(domain::Topic topic) {
  said_[static_cast<size_t>(topic)]->Increment();
}
void ConnectMetrics::refused(std::string_view reason) {
  refused_.Add({{"reason", std::string(reason)}}).Increment();
}
void ConnectMetrics::committed(int64_t now_ms) {
  committed_.Set(static_cast<double>(now_ms) / kMillis);
}

}  // namespace bellwether::cli
