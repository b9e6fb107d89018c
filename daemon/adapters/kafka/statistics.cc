#include "adapters/kafka/statistics.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace bellwether::kafka {
namespace {

using nlohmann::json;

// The member of an object; null if `from` is no object or has no such member.
const json& member(const json& from, const char* name) {
  static const json none;
  if (!from.is_object()) return none;
  auto const at = from.find(name);
  return at == from.end() ? none : *at;
}

// Sums of such counts cannot overflow.
int64_t count(const json& from, const char* name) {
  constexpr int64_t kMost = int64_t{1} << 50;
  const json& value = member(from, name);
  if (!value.is_number_integer()) return 0;
  return std::clamp<int64_t>(value.get<int64_t>(), 0, kMost);
}

// Calls use(value) for each member of an object; never if `from` is none.
template <class Use>
void each_member(const json& from, Use use) {
  if (!from.is_object()) return;
  for (const json& value : from) use(value);
}

void add_broker(const json& broker, ClientStatistics& out) {
  constexpr double kMicroseconds = 1e-6;
  out.request_retries += count(broker, "txretries");
  out.request_errors += count(broker, "txerrs");
  out.response_errors += count(broker, "rxerrs");
  out.request_timeouts += count(broker, "req_timeouts");
  out.disconnects += count(broker, "disconnects");
  const json& node = member(broker, "nodeid");
  if (!node.is_number_integer() || node.get<int64_t>() < 0) return;
  const json& state = member(broker, "state");
  const json& source = member(broker, "source");
  if (source.is_string() && source.get_ref<const std::string&>() == "logical") return;
  if (state.is_string() && state.get_ref<const std::string&>() == "UP") ++out.brokers_up;
  const json& round_trip = member(broker, "rtt");
  if (count(round_trip, "cnt") <= 0) return;
  double const seconds = kMicroseconds * static_cast<double>(count(round_trip, "avg"));
  out.round_trip_seconds = std::max(out.round_trip_seconds.value_or(0), seconds);
}

}  // namespace

std::optional<ClientStatistics> parse_statistics(std::string_view text) {
  constexpr bool kThrow = false;
  json const all = json::parse(text.begin(), text.end(), nullptr, kThrow);
  if (!all.is_object()) return std::nullopt;  // discarded, too
  ClientStatistics out;
  out.queue_messages = count(all, "msg_cnt");
  each_member(member(all, "brokers"), [&](const json& broker) { add_broker(broker, out); });
  each_member(member(all, "topics"), [&](const json& topic) {
    each_member(member(topic, "partitions"), [&](const json& partition) {
      out.queue_messages += count(partition, "fetchq_cnt");
    });
  });
  return out;
}

}  // namespace bellwether::kafka
