// Fuzzes config::parse with a text. An accepted configuration is within the limits that the error
// messages state. An error names a line of the text. Working time by accepted hours adds up, and is
// that of a count of minutes.
#include "adapters/config/config.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/reference/desks.h"
#include "fuzz/complaint.h"
#include "fuzz/input.h"
#include "support/random.h"
#include "support/time_zones.h"

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

absl::StatusOr<base::TimeZone> zone(const std::string& name) {
  if (name == "Asia/Singapore") return testing::singapore();
  if (name == "Europe/London") return testing::london();
  return absl::InvalidArgumentError("is not known; correct it");
}

void check(const DeskConfig& desk, uint64_t seed) {
  bool any = false;
  for (const reference::OpenSpans& spans : desk.hours.open) any |= !spans.empty();
  BELLWETHER_CHECK(any);
  reference::WorkingHours const hours(desk.hours);
  testing::Random random(seed);
  constexpr int64_t kMinute = testing::kMillisPerMinute;
  constexpr int64_t kMinutes = 2 * 24 * 60;
  base::UnixMillis const from(
      static_cast<int64_t>(random.below(base::kInstantEnd.value / kMinute - kMinutes)) * kMinute);
  base::UnixMillis const between(from.value +
                                 static_cast<int64_t>(random.below(kMinutes * kMinute)));
  base::UnixMillis const to(from.value + kMinutes * kMinute);
  auto const offset_at = [&](base::UnixMillis t) {
    auto const next =
        std::ranges::upper_bound(desk.hours.zone.changes, t, {}, &base::OffsetChange::at);
    return next == desk.hours.zone.changes.begin() ? desk.hours.zone.offset_s
                                                   : std::prev(next)->offset_s;
  };
  int64_t const wait = hours.millis_between(from, to);
  BELLWETHER_CHECK(wait == kMinute * testing::counted_minutes(desk.hours, from, to, offset_at));
  BELLWETHER_CHECK(hours.millis_between(from, between) + hours.millis_between(between, to) == wait);
  BELLWETHER_CHECK(hours.millis_between(from, between) >= 0);
}

void check(const DesksConfig& desks, uint64_t seed) {
  check(desks.common, seed);
  BELLWETHER_CHECK(desks.by_source.size() <= reference::kDeskSourcesMax);
  if (!desks.by_source.empty()) check(desks.by_source.begin()->second, seed + 1);
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
  auto const config = parse(text, "b.yaml", {}, {}, zone);
  if (!config.ok()) return fuzz::check_complaint(config.status(), "b.yaml", text);
  check(*config);
  check(config->desks, base::hash64(text));
  auto const again = parse(text, "b.yaml", {}, {}, zone);
  BELLWETHER_CHECK(again.ok() && again->digest == config->digest && again->rules == config->rules);
}

}  // namespace
}  // namespace bellwether::config

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bellwether::config::run(bellwether::fuzz::Input(data, size).rest());
  return 0;
}
