// Purpose: what librdkafka says of a client every few seconds (its STATISTICS.md), reduced to what
// an operator needs.
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace bellwether::kafka {

// The interval of librdkafka's statistics.
inline constexpr int kStatisticsEveryMs = 10'000;

// Sums over the brokers of the cluster. The bootstrap addresses, which librdkafka lists as brokers
// of their own, and the group's coordinator, which is one of the brokers, count with their errors
// and connections, but not as brokers.
struct ClientStatistics {
  int brokers_up = 0;
  // Average time between request and answer of the slowest broker in the last interval; nullopt if
  // no broker answered in it.
  std::optional<double> round_trip_seconds;
  // Producers: records not yet acknowledged. Consumers: records fetched and not yet taken.
  int64_t queue_messages = 0;
  // Since the client began.
  int64_t request_retries = 0;
  int64_t request_errors = 0;   // requests that could not be sent
  int64_t response_errors = 0;  // answers that could not be read
  int64_t request_timeouts = 0;
  int64_t disconnects = 0;
};

// nullopt if the text is not a JSON object. Fields that are missing or have another type count as
// 0, so that no other release of librdkafka can stop a client.
std::optional<ClientStatistics> parse_statistics(std::string_view json);

}  // namespace bellwether::kafka
