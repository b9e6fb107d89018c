#include "adapters/kafka/producer.h"

#include <condition_variable>
#include <mutex>
#include <optional>

#include "adapters/kafka/partitioner.h"
#include "core/base/text.h"

namespace bellwether::kafka {
namespace {

constexpr int kQueueFullPollMs = 50;

}  // namespace

absl::StatusOr<std::unique_ptr<Producer>> Producer::create(
    const ClientOptions& options, const ProducerTuning& tuning, base::LogFn log,
    std::function<void(std::string_view)> fatal) {
  std::unique_ptr<Producer> p(new Producer());
  p->callbacks_.log = log;
  p->callbacks_.fatal = std::move(fatal);
  p->callbacks_.error = [log](rd_kafka_resp_err_t, std::string_view reason) {
    if (log) log(base::LogLevel::kWarning, "ERROR", reason);
  };
  p->callbacks_.delivered = [raw = p.get()](const rd_kafka_message_t& m) {
    if (m.err != RD_KAFKA_RESP_ERR_NO_ERROR) raw->failures_.fetch_add(1);
    auto* done = static_cast<DeliveryFn*>(m._private);
    if (done == nullptr) return;
    if (m.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      (*done)(m.offset);
    } else {
      (*done)(to_status(m.err, base::cat("produce to ", rd_kafka_topic_name(m.rkt))));
    }
    delete done;
  };
  Settings const settings = {
      {"partitioner", kPartitioner},
      {"enable.idempotence", "true"},
      {"acks", "all"},
      {"linger.ms", base::cat(tuning.linger_ms)},
      {"batch.num.messages", "20000"},
      {"batch.size", "1000000"},
      {"queue.buffering.max.messages", base::cat(tuning.queue_messages_max)},
      {"queue.buffering.max.kbytes", base::cat(tuning.queue_kbytes_max)},
      {"message.timeout.ms", base::cat(tuning.message_timeout_ms)},
  };
  auto client = make_client(RD_KAFKA_PRODUCER, options, settings, &p->callbacks_);
  if (!client.ok()) return client.status();
  p->client_ = *std::move(client);
  return p;
}

Producer::~Producer() {
  if (client_ == nullptr) return;
  // Records that are still queued are reported as failed, so that no caller waits without end.
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  rd_kafka_flush(client_.get(), 1000);
  for (auto& [name, topic] : topics_) rd_kafka_topic_destroy(topic);
}

absl::Status Producer::produce(const OutgoingRecord& record, DeliveryFn done) {
  rd_kafka_headers_t* headers = nullptr;
  if (!record.headers.empty()) {
    headers = rd_kafka_headers_new(record.headers.size());
    for (const auto& [name, value] : record.headers) {
      rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                          static_cast<ssize_t>(value.size()));
    }
  }
  auto* callback = done ? new DeliveryFn(std::move(done)) : nullptr;
  rd_kafka_vu_t arguments[7];
  size_t n = 0;
  arguments[n].vtype = RD_KAFKA_VTYPE_TOPIC;
  arguments[n++].u.cstr = record.topic.c_str();
  arguments[n].vtype = RD_KAFKA_VTYPE_PARTITION;
  arguments[n++].u.i32 = record.partition;
  arguments[n].vtype = RD_KAFKA_VTYPE_VALUE;
  arguments[n].u.mem = {const_cast<char*>(record.value.data()), record.value.size()};
  ++n;
  arguments[n].vtype = RD_KAFKA_VTYPE_KEY;
  arguments[n].u.mem = {const_cast<char*>(record.key.data()), record.key.size()};
  ++n;
  arguments[n].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
  arguments[n++].u.i64 = record.timestamp_ms;
  arguments[n].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  arguments[n++].u.i = RD_KAFKA_MSG_F_COPY;
  arguments[n].vtype = RD_KAFKA_VTYPE_OPAQUE;
  arguments[n++].u.ptr = callback;
  rd_kafka_error_t* error = nullptr;
  if (headers != nullptr) {
    rd_kafka_vu_t with_headers[8];
    std::copy(arguments, arguments + n, with_headers);
    with_headers[n].vtype = RD_KAFKA_VTYPE_HEADERS;
    with_headers[n].u.headers = headers;
    error = rd_kafka_produceva(client_.get(), with_headers, n + 1);
  } else {
    error = rd_kafka_produceva(client_.get(), arguments, n);
  }
  if (error == nullptr) return absl::OkStatus();
  absl::Status status =
      to_status(rd_kafka_error_code(error), base::cat("produce to ", record.topic));
  rd_kafka_error_destroy(error);
  if (headers != nullptr) rd_kafka_headers_destroy(headers);
  delete callback;
  return status;
}

rd_kafka_topic_t* Producer::topic(const std::string& name) {
  for (auto& [known, handle] : topics_) {
    if (known == name) return handle;
  }
  topics_.emplace_back(name, rd_kafka_topic_new(client_.get(), name.c_str(), nullptr));
  return topics_.back().second;
}

absl::Status Producer::produce_bulk(rd_kafka_topic_t* topic, int32_t partition,
                                    std::string_view key, std::string_view value,
                                    int64_t timestamp_ms) {
  while (true) {
    rd_kafka_resp_err_t const error = rd_kafka_producev(
        client_.get(), RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
        RD_KAFKA_V_KEY(key.data(), key.size()), RD_KAFKA_V_TIMESTAMP(timestamp_ms),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) return to_status(error, rd_kafka_topic_name(topic));
    rd_kafka_poll(client_.get(), kQueueFullPollMs);
  }
}

absl::StatusOr<int64_t> Producer::produce_and_wait(const OutgoingRecord& record,
                                                   absl::Time deadline) {
  struct Wait {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<absl::StatusOr<int64_t>> result;
  };
  // Shared with the callback, which may come after the wait has ended.
  auto wait = std::make_shared<Wait>();
  absl::Status const queued = produce(record, [wait](absl::StatusOr<int64_t> offset) {
    {
      std::lock_guard lock(wait->mutex);
      wait->result = std::move(offset);
    }
    wait->changed.notify_all();
  });
  if (!queued.ok()) return queued;
  while (absl::Now() < deadline && !cancelled_.load()) {
    rd_kafka_poll(client_.get(), 5);
    std::lock_guard lock(wait->mutex);
    if (wait->result) return *wait->result;
  }
  std::lock_guard lock(wait->mutex);
  if (wait->result) return *wait->result;
  if (cancelled_.load()) return absl::CancelledError("the process is stopping");
  return absl::DeadlineExceededError(
      base::cat("no acknowledgement from ", record.topic, " in time"));
}

void Producer::poll(int timeout_ms) {
  rd_kafka_poll(client_.get(), timeout_ms);
}

absl::Status Producer::flush(absl::Duration wait) {
  rd_kafka_resp_err_t const error =
      rd_kafka_flush(client_.get(), static_cast<int>(absl::ToInt64Milliseconds(wait)));
  return to_status(error, "flush");
}

absl::StatusOr<int> Producer::partitions(const std::string& topic, absl::Duration wait) {
  Handle<rd_kafka_topic_t, rd_kafka_topic_destroy> const handle(
      rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
  if (handle == nullptr) return to_status(rd_kafka_last_error(), topic);
  const rd_kafka_metadata_t* raw = nullptr;
  rd_kafka_resp_err_t const error = rd_kafka_metadata(
      client_.get(), 0, handle.get(), &raw, static_cast<int>(absl::ToInt64Milliseconds(wait)));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return to_status(error, base::cat("the partitions of ", topic));
  Handle<const rd_kafka_metadata_t, rd_kafka_metadata_destroy> const metadata(raw);
  return metadata->topic_cnt == 0 ? 0 : metadata->topics[0].partition_cnt;
}

}  // namespace bellwether::kafka
