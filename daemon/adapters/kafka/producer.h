// Purpose: writes records. The producer is idempotent, and all replicas acknowledge.
// Thread safety: all public functions may be called from any thread. on_delivery runs on
// librdkafka's thread or on the thread of poll().
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/kafka/client.h"
#include "core/base/log.h"

namespace bellwether::kafka {

struct ProducerTuning {
  int linger_ms = 5;
  int queue_messages_max = 100'000;
  int queue_kbytes_max = 262'144;
  int message_timeout_ms = 30'000;  // a record that waits longer has failed; 0 = no limit
};

inline constexpr int32_t kAnyPartition = RD_KAFKA_PARTITION_UA;

struct OutgoingRecord {
  std::string topic;
  int32_t partition = kAnyPartition;
  std::string_view key;
  std::string_view value;
  int64_t timestamp_ms = 0;  // 0 = now
  std::vector<std::pair<std::string, std::string>> headers;
};

// The result for a record: its offset, or the error.
using DeliveryFn = std::function<void(absl::StatusOr<int64_t> offset)>;

class Producer {
 public:
  // `fatal` is called from poll() and from functions that wait, when this producer can write no
  // record any more, because idempotence was lost or is not allowed. Only a new producer can write
  // then.
  static absl::StatusOr<std::unique_ptr<Producer>> create(
      const ClientOptions& options, const ProducerTuning& tuning, base::LogFn log,
      std::function<void(std::string_view why)> fatal = {});
  // Does not wait for records: call flush() first.
  ~Producer();

  // Copies the record. Errors: ResourceExhausted if the queue is full (call poll() and try again);
  // InvalidArgument if the record is larger than the client or the broker allows. `done` is called
  // exactly once unless an error is returned. Without `done`, only failures are counted.
  absl::Status produce(const OutgoingRecord& record, DeliveryFn done = {});
  // For bulk writes: no headers, no callback. Waits while the queue is full.
  absl::Status produce_bulk(rd_kafka_topic_t* topic, int32_t partition, std::string_view key,
                            std::string_view value, int64_t timestamp_ms);
  // A handle for produce_bulk, valid while the producer exists.
  rd_kafka_topic_t* topic(const std::string& name);

  // Errors: DeadlineExceeded; Cancelled after cancel_waits(). The record may still arrive.
  absl::StatusOr<int64_t> produce_and_wait(const OutgoingRecord& record, absl::Time deadline);
  // Ends all waits of produce_and_wait(), now and later, because the process ends.
  void cancel_waits() { cancelled_.store(true); }

  void poll(int timeout_ms);
  absl::Status flush(absl::Duration wait);
  // The topic's number of partitions; 0 if the topic does not exist. Errors: those of to_status().
  absl::StatusOr<int> partitions(const std::string& topic, absl::Duration wait);
  int64_t failures() const { return failures_.load(); }

 private:
  Producer() = default;
  Callbacks callbacks_;
  std::atomic<int64_t> failures_{0};
  std::atomic<bool> cancelled_{false};
  Client client_;
  std::vector<std::pair<std::string, rd_kafka_topic_t*>> topics_;
};

}  // namespace bellwether::kafka
