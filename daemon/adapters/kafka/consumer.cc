#include "adapters/kafka/consumer.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <algorithm>

#include "absl/time/clock.h"
#include "core/base/check.h"
#include "core/base/text.h"

namespace bellwether::kafka {

bool Record::has_schema_id_header() const {
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return false;
  const void* schema_id = nullptr;
  size_t bytes = 0;
  return rd_kafka_header_get_last(headers, "__value_schema_id", &schema_id, &bytes) ==
         RD_KAFKA_RESP_ERR_NO_ERROR;
}

void Batch::clear() {
  for (rd_kafka_message_t* m : messages_) rd_kafka_message_destroy(m);
  messages_.clear();
  records_.clear();
  at_end_ = false;
  error_ = absl::OkStatus();
}

Waiter::Waiter() {
  int pipe_ends[2];
  BELLWETHER_CHECK(pipe2(pipe_ends, O_NONBLOCK | O_CLOEXEC) == 0);
  read_ = pipe_ends[0];
  write_ = pipe_ends[1];
}

Waiter::~Waiter() {
  close(read_);
  close(write_);
}

void Waiter::wait(int timeout_ms) {
  pollfd p{read_, POLLIN, 0};
  if (::poll(&p, 1, timeout_ms) <= 0) return;
  char drained[256];
  while (read(read_, drained, sizeof drained) > 0) {
  }
}

void Waiter::wake() {
  // If the pipe is full, the reader wakes anyway.
  [[maybe_unused]] ssize_t const written = write(write_, "w", 1);
}

namespace {
constexpr int kQueuedKbytesMin = 1024;  // per input; a fetch has this size
// While no broker is reachable: the interval between checks, and the timeout of a check.
constexpr absl::Duration kLookEvery = absl::Seconds(1);
constexpr int kLookMs = 200;
}  // namespace

absl::StatusOr<std::unique_ptr<InputConsumer>> InputConsumer::create(const ClientOptions& options,
                                                                     std::vector<Assignment> inputs,
                                                                     const ConsumerTuning& tuning,
                                                                     base::LogFn log) {
  std::unique_ptr<InputConsumer> c(new InputConsumer());
  c->inputs_ = std::move(inputs);
  c->callbacks_.log = std::move(log);
  c->callbacks_.error = [raw = c.get()](rd_kafka_resp_err_t error, std::string_view reason) {
    if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) raw->reachable_ = false;
    if (raw->note_error(error, reason)) return;
    if (raw->callbacks_.log) raw->callbacks_.log(base::LogLevel::kWarning, "ERROR", reason);
  };
  Settings const settings = {
      {"group.id", "bellwether-unused"},  // required by assign(); nothing is committed to it
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "error"},
      {"isolation.level", "read_committed"},
      {"check.crcs", "true"},
      {"enable.partition.eof", "true"},
      {"queued.min.messages", "10000000"},
      // librdkafka limits each queue, and every input has its own queue.
      {"queued.max.messages.kbytes",
       base::cat(
           std::max(kQueuedKbytesMin, tuning.queued_kbytes / static_cast<int>(c->inputs_.size())))},
      {"fetch.wait.max.ms", base::cat(tuning.fetch_wait_ms)},
      {"fetch.error.backoff.ms", "200"},
      {"topic.metadata.refresh.interval.ms", "10000"},
  };
  auto client = make_client(RD_KAFKA_CONSUMER, options, settings, &c->callbacks_);
  if (!client.ok()) return client.status();
  c->client_ = *std::move(client);
  rd_kafka_t* const rk = c->client_.get();
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(c->inputs_.size())));
  for (const Assignment& input : c->inputs_) {
    rd_kafka_topic_partition_list_add(list.get(), input.topic.c_str(), input.partition)->offset =
        input.offset;
  }
  // The inputs get their own queues before they are assigned. Between assignment and separation
  // librdkafka would deliver records to the client's common queue, where nobody reads them.
  for (const Assignment& input : c->inputs_) {
    Queue queue(rd_kafka_queue_get_partition(rk, input.topic.c_str(), input.partition));
    BELLWETHER_CHECK(queue != nullptr);
    rd_kafka_queue_forward(queue.get(), nullptr);
    c->queues_.push_back(std::move(queue));
  }
  if (rd_kafka_resp_err_t const error = rd_kafka_assign(rk, list.get());
      error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return to_status(error, "assign");
  }
  absl::SleepFor(tuning.pause_for_test);
  return c;
}

InputConsumer::~InputConsumer() {
  for (Queue& queue : queues_) rd_kafka_queue_io_event_enable(queue.get(), -1, nullptr, 0);
  queues_.clear();
  if (client_ != nullptr) rd_kafka_consumer_close(client_.get());
}

void InputConsumer::wake_on(size_t input, Waiter& waiter) {
  rd_kafka_queue_io_event_enable(queues_[input].get(), waiter.descriptor(), "k", 1);
}

// librdkafka reports errors of single partitions as client-wide errors. Their text begins with
// "TOPIC [PARTITION]: ", and they repeat while the error lasts. Returns true if `reason` is about
// an input.
bool InputConsumer::note_error(rd_kafka_resp_err_t error, std::string_view reason) {
  for (size_t i = 0; i < inputs_.size(); ++i) {
    std::string const prefix = base::cat(inputs_[i].topic, " [", inputs_[i].partition, "]: ");
    if (!reason.starts_with(prefix)) continue;
    std::lock_guard lock(errors_mutex_);
    errors_[i] = to_status(error, base::cat(inputs_[i].topic, " ", inputs_[i].partition));
    has_errors_.store(true, std::memory_order_relaxed);
    return true;
  }
  return false;
}

void InputConsumer::poll(size_t input, Batch& batch) {
  batch.clear();
  batch.messages_.resize(Batch::kRecordsMax);
  ssize_t const n = rd_kafka_consume_batch_queue(queues_[input].get(), 0, batch.messages_.data(),
                                                 Batch::kRecordsMax);
  batch.messages_.resize(n < 0 ? 0 : static_cast<size_t>(n));
  batch.records_.reserve(batch.messages_.size());
  for (const rd_kafka_message_t* m : batch.messages_) {
    if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      Record r;
      r.key = {static_cast<const char*>(m->key), m->key == nullptr ? 0 : m->key_len};
      r.value = {static_cast<const char*>(m->payload), m->payload == nullptr ? 0 : m->len};
      r.has_value = m->payload != nullptr;
      r.offset = m->offset;
      rd_kafka_timestamp_type_t type{};
      r.timestamp_ms = rd_kafka_message_timestamp(m, &type);
      if (type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE) r.timestamp_ms = -1;
      r.broker_timed = type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME;
      r.message = m;
      batch.records_.push_back(r);
      batch.at_end_ = false;
    } else if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      batch.at_end_ = true;
      batch.end_ = m->offset;
    } else {
      const Assignment& a = inputs_[input];
      batch.error_ =
          to_status(m->err, base::cat(a.topic, " ", a.partition, ": ", rd_kafka_message_errstr(m)));
    }
  }
  bool const heard = !batch.messages_.empty() && batch.error_.ok();
  if (heard) reachable_.store(true, std::memory_order_relaxed);
  if (has_errors_.load(std::memory_order_relaxed)) {
    std::lock_guard lock(errors_mutex_);
    auto const noted = errors_.find(input);
    if (noted == errors_.end()) return;
    if (heard) {
      errors_.erase(noted);
      has_errors_.store(!errors_.empty(), std::memory_order_relaxed);
    } else if (batch.error_.ok()) {
      batch.error_ = noted->second;
    }
  }
}

absl::Status InputConsumer::restart(size_t input, int64_t offset) {
  const Assignment& a = inputs_[input];
  // Older releases of librdkafka require a timeout for seek. It is long, because a seek follows
  // only errors.
  constexpr int kSeekTimeoutMs = 10'000;
  PartitionList list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), a.topic.c_str(), a.partition)->offset = offset;
  rd_kafka_error_t* const error =
      rd_kafka_seek_partitions(client_.get(), list.get(), kSeekTimeoutMs);
  if (error == nullptr) return to_status(list->elems[0].err, base::cat("seek ", a.topic));
  absl::Status const status = to_status(rd_kafka_error_code(error), base::cat("seek ", a.topic));
  rd_kafka_error_destroy(error);
  return status;
}

int64_t InputConsumer::high_watermark(size_t input) const {
  int64_t low = -1;
  int64_t high = -1;
  const Assignment& a = inputs_[input];
  if (rd_kafka_get_watermark_offsets(client_.get(), a.topic.c_str(), a.partition, &low, &high) !=
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    return -1;
  }
  return high;
}

// An input without new records receives nothing from a broker that is back, so ask the broker.
void InputConsumer::look_for_brokers() {
  absl::Time const present = absl::Now();
  if (reachable_.load(std::memory_order_relaxed) || present - looked_at_ < kLookEvery) return;
  looked_at_ = present;
  const rd_kafka_metadata_t* metadata = nullptr;
  if (rd_kafka_metadata(client_.get(), 0, nullptr, &metadata, kLookMs) !=
      RD_KAFKA_RESP_ERR_NO_ERROR)
    return;
  rd_kafka_metadata_destroy(metadata);
  reachable_.store(true, std::memory_order_relaxed);
}

void InputConsumer::serve_callbacks() {
  look_for_brokers();
  rd_kafka_poll(client_.get(), 0);
  Message const message(rd_kafka_consumer_poll(client_.get(), 0));
  if (message == nullptr) return;
  // The common queue has errors only. A record there would be missing from its input.
  BELLWETHER_CHECK(message->err != RD_KAFKA_RESP_ERR_NO_ERROR);
  if (callbacks_.log) {
    callbacks_.log(base::LogLevel::kWarning, "consumer", rd_kafka_message_errstr(message.get()));
  }
}

}  // namespace bellwether::kafka
