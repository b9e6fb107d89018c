// Fuzzes config::parse with a text. An accepted configuration is within the limits that the error
// messages state. An error names a line of the text.
#include "adapters/config/config.h"

#include <algorithm>

#include "core/base/check.h"
#include "fuzz/complaint.h"
#include "fuzz/input.h"

namespace bellwether::config {
namespace {

template <class T>
bool within(T value, T least, T most) {
  return least <= value && value <= most;
}

void check(const KafkaConfig& kafka) {
  BELLWETHER_CHECK(!kafka.bootstrap_servers.empty());
  std::vector<std::string> topics = {kafka.journal_topic, kafka.dead_letters_topic};
  for (const domain::TopicInfo& topic : domain::kTopics) {
    const std::string& name = kafka.topics[topic.id];
    BELLWETHER_CHECK(!name.empty() || topic.consumption != domain::Consumption::kRequired);
    BELLWETHER_CHECK(name.empty() || topic.consumption != domain::Consumption::kNone);
    if (!name.empty()) topics.push_back(name);
  }
  std::ranges::sort(topics);
  BELLWETHER_CHECK(!topics.front().empty());
  BELLWETHER_CHECK(std::ranges::adjacent_find(topics) == topics.end());
  BELLWETHER_CHECK(within(kafka.session_timeout_ms, 6'000, 300'000));
  BELLWETHER_CHECK(within(kafka.queued_kbytes, 1'024, 2'000'000));
  for (const auto& [key, value] : kafka.properties) {
    BELLWETHER_CHECK(key != "sasl.password" && key != "bootstrap.servers" && key != "group.id");
  }
}

void check(const TimeConfig& time) {
  constexpr int64_t kYearMs = 365 * base::kMillisPerDay;
  int const a_year = base::Calendar(time.calendar).periods_per_year();
  BELLWETHER_CHECK(within(time.history_periods, a_year, 100 * a_year));
  BELLWETHER_CHECK(within<int64_t>(time.allowed_disorder_ms, 0, kYearMs));
  BELLWETHER_CHECK(within<int64_t>(time.future_tolerance_ms, 0, kYearMs));
  BELLWETHER_CHECK(within<int64_t>(time.idle_after_ms, 1'000, 30 * base::kMillisPerDay));
  BELLWETHER_CHECK(within<int64_t>(time.historical_after_ms, 1'000, kYearMs));
  BELLWETHER_CHECK(time.idle <= engine::Idle::kNever);
}

void check(const Config& config) {
  check(config.kafka);
  check(config.time);
  BELLWETHER_CHECK(!config.reference.areas.empty() && !config.reference.sectors.empty());
  BELLWETHER_CHECK(config.serve.grpc_address.find(':') != std::string::npos);
  BELLWETHER_CHECK(config.serve.metrics_address.find(':') != std::string::npos);
  BELLWETHER_CHECK(within(config.serve.watchers_max, 1, 100'000));
  BELLWETHER_CHECK(within(config.runtime.workers, 0, 256));
  BELLWETHER_CHECK(within<int64_t>(config.runtime.ready_lag_events_max, 1, 1'000'000'000));
  BELLWETHER_CHECK(within<int64_t>(config.runtime.drain_timeout_ms, 1'000, 300'000));
  BELLWETHER_CHECK(within<int64_t>(config.runtime.drain_delay_ms, 0, 300'000));
  BELLWETHER_CHECK(alerts::validate(config.rules).ok());
}

void run(std::string_view text) {
  auto const config = parse(text, "b.yaml", {});
  if (!config.ok()) return fuzz::check_complaint(config.status(), "b.yaml", text);
  check(*config);
  auto const again = parse(text, "b.yaml", {});
  BELLWETHER_CHECK(again.ok() && again->digest == config->digest && again->rules == config->rules);
}

}  // namespace
}  // namespace bellwether::config

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bellwether::config::run(bellwether::fuzz::Input(data, size).rest());
  return 0;
}
