#include "adapters/kafka/log_marks.h"

#include <algorithm>
#include <map>

#include "absl/time/clock.h"
#include "core/base/hash.h"
#include "core/base/text.h"

namespace bellwether::kafka {
namespace {

constexpr int kMarksPollMs = 100;

int millis_left(absl::Duration wait) {
  return static_cast<int>(absl::ToInt64Milliseconds(std::max(wait, absl::ZeroDuration())));
}

std::string_view bytes(const void* data, size_t size) {
  return data == nullptr ? std::string_view()
                         : std::string_view(static_cast<const char*>(data), size);
}

uint64_t digest_of(std::string_view key, std::string_view value) {
  return base::hash64(value, base::hash64(key));
}

// Reads one record of each partition at its offset. If the first record read has another offset,
// there is no record at that offset.
absl::Status read_marks(rd_kafka_t* client, const std::vector<LogPlace>& places,
                        absl::Time deadline, std::vector<LogState>& states) {
  std::map<std::pair<std::string, int32_t>, size_t> open;
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(places.size())));
  for (size_t i = 0; i < places.size(); ++i) {
    const LogPlace& p = places[i];
    if (p.offset < states[i].low || p.offset >= states[i].high) continue;
    rd_kafka_topic_partition_list_add(list.get(), p.topic.c_str(), p.partition)->offset = p.offset;
    open[{p.topic, p.partition}] = i;
  }
  if (open.empty()) return absl::OkStatus();
  if (auto const e = rd_kafka_assign(client, list.get()); e != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return to_status(e, "assign");
  }
  while (!open.empty()) {
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError(base::cat("no record of ", open.begin()->first.first, " ",
                                                   open.begin()->first.second, " came in time"));
    }
    Message const m(rd_kafka_consumer_poll(client, kMarksPollMs));
    if (m == nullptr || m->rkt == nullptr) continue;
    auto const found = open.find({rd_kafka_topic_name(m->rkt), m->partition});
    if (found == open.end()) continue;
    // The end of a log may hold only transaction markers after the last record.
    bool const nothing_there = m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF ||
                               m->err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE ||
                               m->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET;
    if (m->err != RD_KAFKA_RESP_ERR_NO_ERROR && !nothing_there) continue;
    if (!nothing_there && m->offset == places[found->second].offset) {
      rd_kafka_timestamp_type_t type{};
      states[found->second].mark = {
          m->offset, rd_kafka_message_timestamp(m.get(), &type),
          digest_of(bytes(m->key, m->key_len), bytes(m->payload, m->len))};
    }
    open.erase(found);
  }
  return absl::OkStatus();
}

}  // namespace

LogMark mark_of(const Record& record) {
  return {record.offset, record.timestamp_ms, digest_of(record.key, record.value)};
}

absl::StatusOr<std::vector<LogState>> inspect_log(const ClientOptions& options,
                                                  const std::vector<LogPlace>& places,
                                                  absl::Duration wait, const base::LogFn& log) {
  absl::Time const deadline = absl::Now() + wait;
  Callbacks callbacks;
  callbacks.log = log;
  // librdkafka requires a group id. It is not used: partitions are assigned and nothing is
  // committed.
  Settings const settings = {{"group.id", "bellwether-look"},
                             {"enable.auto.commit", "false"},
                             {"enable.auto.offset.store", "false"},
                             {"enable.partition.eof", "true"},
                             {"auto.offset.reset", "error"}};
  auto client = make_client(RD_KAFKA_CONSUMER, options, settings, &callbacks);
  if (!client.ok()) return client.status();
  rd_kafka_poll_set_consumer(client->get());
  std::vector<LogState> states(places.size());
  for (size_t i = 0; i < places.size(); ++i) {
    rd_kafka_resp_err_t const e = rd_kafka_query_watermark_offsets(
        client->get(), places[i].topic.c_str(), places[i].partition, &states[i].low,
        &states[i].high, millis_left(deadline - absl::Now()));
    if (e != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return to_status(e, base::cat("the ends of ", places[i].topic, " ", places[i].partition));
    }
  }
  absl::Status const read = read_marks(client->get(), places, deadline, states);
  rd_kafka_assign(client->get(), nullptr);
  if (!read.ok()) return read;
  return states;
}

}  // namespace bellwether::kafka
