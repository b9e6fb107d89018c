// Purpose: the journal topic (one partition, append only): reading it in order, and leadership. The
// replica to which the consumer group assigns the partition leads. Producer::produce_and_wait
// appends.
// Thread safety: JournalReader belongs to one thread; Leadership may be asked from any.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/kafka/consumer.h"
#include "core/base/log.h"

namespace bellwether::kafka {

class JournalReader {
 public:
  // Reads `topic` from `offset` on (RD_KAFKA_OFFSET_BEGINNING: from the beginning).
  static absl::StatusOr<std::unique_ptr<JournalReader>> create(const ClientOptions& options,
                                                               const std::string& topic,
                                                               int64_t offset, base::LogFn log);
  // Waits at most `timeout_ms` for records, then fills `batch` with the records that have come.
  void poll(int timeout_ms, Batch& batch);

 private:
  JournalReader() = default;
  Waiter waiter_;
  std::unique_ptr<InputConsumer> consumer_;
};

struct LeadershipOptions {
  std::string topic;
  std::string group = "bellwether";
  int session_timeout_ms = 8'000;
};

// A member of the consumer group of the journal's one partition. The member with the partition
// leads. For a moment two members may both hold themselves for leaders. The fold of the journal
// makes this harmless.
class Leadership {
 public:
  // `changed` is called from Leadership's thread. Each error that prevents leading is logged once,
  // until the group assigns the partition again.
  static absl::StatusOr<std::unique_ptr<Leadership>> join(const ClientOptions& options,
                                                          const LeadershipOptions& leadership,
                                                          std::function<void(bool leader)> changed,
                                                          base::LogFn log);
  // Leaves the group.
  ~Leadership();
  // Leaves the group, so that another member takes over at once. This cannot be undone. Call from
  // one thread.
  void leave();
  bool is_leader() const { return leader_.load(); }
  int64_t changes() const { return changes_.load(); }  // how often gained or lost

 private:
  Leadership() = default;
  void on_rebalance(rd_kafka_t* client, rd_kafka_resp_err_t error,
                    rd_kafka_topic_partition_list_t* partitions);
  void set(bool leader);
  void tell(rd_kafka_resp_err_t error, std::string_view reason);

  Callbacks callbacks_;
  std::function<void(bool)> changed_;
  std::set<rd_kafka_resp_err_t> told_;  // logged since the last assignment; Leadership's thread
  std::atomic<bool> leader_{false};
  std::atomic<int64_t> changes_{0};
  std::atomic<bool> stop_{false};
  Client client_;
  std::thread thread_;
};

}  // namespace bellwether::kafka
