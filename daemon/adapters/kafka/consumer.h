// Purpose: reads the input topics. Partitions are assigned, not subscribed: there is no group and
// no committed offset. The caller keeps the next offset. Every input has its own queue, because an
// engine holds single inputs, and pausing is not safe in librdkafka's batch calls before 2.1.
// Thread safety: each input belongs to one thread; all other functions may be called from any
// thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/kafka/client.h"
#include "core/base/log.h"

namespace bellwether::kafka {

struct Assignment {
  std::string topic;
  int32_t partition = 0;
  int64_t offset = RD_KAFKA_OFFSET_BEGINNING;
};

struct ConsumerTuning {
  int queued_kbytes = 65'536;  // over all partitions; limits memory
  int fetch_wait_ms = 10;
  // Makes the start wait where a busy machine may make it wait, for tests.
  absl::Duration pause_for_test = absl::ZeroDuration();
};

struct Record {
  std::string_view key;
  std::string_view value;
  int64_t offset = 0;
  int64_t timestamp_ms = -1;  // −1: the record has no timestamp
  bool broker_timed = false;  // the timestamp is the broker's (LogAppendTime)
  bool has_value = true;      // false: a tombstone
  const rd_kafka_message_t* message = nullptr;

  // True if the header __value_schema_id exists. Parses the headers, so call it only if needed.
  bool has_schema_id_header() const;
};

// Records of one poll. They are views into librdkafka's memory, which clear() releases.
class Batch {
 public:
  static constexpr size_t kRecordsMax = 1024;
  Batch() = default;
  ~Batch() { clear(); }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;
  Batch(Batch&&) = delete;

  void clear();
  std::span<const Record> records() const { return {records_.data(), records_.size()}; }
  bool at_end() const { return at_end_; }      // the end of the log was reached
  int64_t end_offset() const { return end_; }  // valid if at_end(): the next offset
  const absl::Status& error() const { return error_; }

 private:
  friend class InputConsumer;
  std::vector<rd_kafka_message_t*> messages_;
  std::vector<Record> records_;
  bool at_end_ = false;
  int64_t end_ = -1;
  absl::Status error_;
};

// Wakes a worker when one of its inputs has records.
class Waiter {
 public:
  Waiter();
  ~Waiter();
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  void wait(int timeout_ms);  // returns when woken since the last wait, or after timeout_ms
  void wake();                // from any thread
  int descriptor() const { return write_; }

 private:
  int read_ = -1;
  int write_ = -1;
};

class InputConsumer {
 public:
  static absl::StatusOr<std::unique_ptr<InputConsumer>> create(const ClientOptions& options,
                                                               std::vector<Assignment> inputs,
                                                               const ConsumerTuning& tuning,
                                                               base::LogFn log);
  ~InputConsumer();

  size_t inputs() const { return inputs_.size(); }
  // Wakes `waiter` when `input` gets records. `waiter` must outlive the consumer.
  void wake_on(size_t input, Waiter& waiter);
  // Clears `batch`, then fills it with the records that have been fetched already. Never waits.
  // Errors in batch.error(): NotFound (topic gone), OutOfRange (offsets gone), others as
  // to_status() gives them.
  void poll(size_t input, Batch& batch);
  // Reads `input` again from `offset`. At the end of the log the broker reports the end again. An
  // answer of the broker that is under way is dropped, so a caller that repeats this faster than
  // the broker answers reads nothing.
  absl::Status restart(size_t input, int64_t offset);
  // End of the log as the broker last reported it; −1: unknown.
  int64_t high_watermark(size_t input) const;
  // False after the client lost all brokers, until it receives something from a broker again.
  bool broker_reachable() const { return reachable_.load(std::memory_order_relaxed); }
  // Serves client-wide callbacks. Without a broker it also checks whether one is reachable again.
  // Call regularly, from one thread.
  void serve_callbacks();

 private:
  InputConsumer() = default;
  bool note_error(rd_kafka_resp_err_t error, std::string_view reason);
  void look_for_brokers();
  Callbacks callbacks_;
  std::atomic<bool> reachable_{true};
  absl::Time looked_at_ = absl::InfinitePast();  // used only on the thread of serve_callbacks()
  std::atomic<bool> has_errors_{false};
  std::mutex errors_mutex_;
  std::map<size_t, absl::Status> errors_;  // by input, until the input delivers again
  std::vector<Assignment> inputs_;
  Client client_;
  std::vector<Queue> queues_;
};

}  // namespace bellwether::kafka
