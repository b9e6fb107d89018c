#include "adapters/kafka/journal.h"

#include "core/base/text.h"

namespace bellwether::kafka {
namespace {

constexpr int kLeadershipPollMs = 100;
// A member learns from the answer to a heartbeat that another member has left or died. The interval
// is much shorter than the group's session needs, so that another member takes over from a leaving
// leader within a second.
constexpr int kHeartbeatMs = 500;
constexpr int kJournalQueuedKbytes = 16'384;

}  // namespace

absl::StatusOr<std::unique_ptr<JournalReader>> JournalReader::create(const ClientOptions& options,
                                                                     const std::string& topic,
                                                                     int64_t offset,
                                                                     base::LogFn log) {
  std::unique_ptr<JournalReader> reader(new JournalReader());
  ConsumerTuning tuning;
  tuning.queued_kbytes = kJournalQueuedKbytes;
  auto consumer = InputConsumer::create(options, {{topic, 0, offset}}, tuning, std::move(log));
  if (!consumer.ok()) return consumer.status();
  reader->consumer_ = *std::move(consumer);
  reader->consumer_->wake_on(0, reader->waiter_);
  return reader;
}

void JournalReader::poll(int timeout_ms, Batch& batch) {
  consumer_->poll(0, batch);
  if (batch.records().empty() && !batch.at_end()) {
    waiter_.wait(timeout_ms);
    if (batch.error().ok()) consumer_->poll(0, batch);
  }
  consumer_->serve_callbacks();
}

absl::StatusOr<std::unique_ptr<Leadership>> Leadership::join(const ClientOptions& options,
                                                             const LeadershipOptions& leadership,
                                                             std::function<void(bool)> changed,
                                                             base::LogFn log) {
  std::unique_ptr<Leadership> l(new Leadership());
  l->changed_ = std::move(changed);
  l->callbacks_.log = std::move(log);
  l->callbacks_.rebalance = [raw = l.get()](rd_kafka_t* client, rd_kafka_resp_err_t error,
                                            rd_kafka_topic_partition_list_t* partitions) {
    raw->on_rebalance(client, error, partitions);
  };
  l->callbacks_.error = [raw = l.get()](rd_kafka_resp_err_t error, std::string_view reason) {
    raw->tell(error, reason);
  };
  Settings const settings = {
      {"group.id", leadership.group},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "latest"},
      {"partition.assignment.strategy", "range"},
      {"session.timeout.ms", base::cat(leadership.session_timeout_ms)},
      {"heartbeat.interval.ms", base::cat(kHeartbeatMs)},
  };
  auto client = make_client(RD_KAFKA_CONSUMER, options, settings, &l->callbacks_);
  if (!client.ok()) return client.status();
  l->client_ = *std::move(client);
  rd_kafka_poll_set_consumer(l->client_.get());
  PartitionList topics(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(topics.get(), leadership.topic.c_str(), RD_KAFKA_PARTITION_UA);
  if (rd_kafka_resp_err_t const e = rd_kafka_subscribe(l->client_.get(), topics.get());
      e != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return to_status(e, "subscribe to the journal");
  }
  l->thread_ = std::thread([raw = l.get()] {
    while (!raw->stop_.load()) {
      Message const message(rd_kafka_consumer_poll(raw->client_.get(), kLeadershipPollMs));
      if (message != nullptr && message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        raw->tell(message->err, rd_kafka_message_errstr(message.get()));
      }
    }
  });
  return l;
}

Leadership::~Leadership() {
  leave();
}

void Leadership::leave() {
  if (stop_.exchange(true)) return;
  if (thread_.joinable()) thread_.join();
  set(false);
  changed_ = nullptr;
  if (client_ != nullptr) rd_kafka_consumer_close(client_.get());
}

void Leadership::on_rebalance(rd_kafka_t* client, rd_kafka_resp_err_t error,
                              rd_kafka_topic_partition_list_t* partitions) {
  if (error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    rd_kafka_assign(client, partitions);
    // Only the assignment matters; the journal itself is read elsewhere.
    rd_kafka_pause_partitions(client, partitions);
    told_.clear();
    set(partitions->cnt > 0);
  } else {
    set(false);
    rd_kafka_assign(client, nullptr);
  }
}

void Leadership::tell(rd_kafka_resp_err_t error, std::string_view reason) {
  // The consumers of the inputs report unreachable brokers.
  if (error == RD_KAFKA_RESP_ERR__TRANSPORT || error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) return;
  if (!callbacks_.log || !told_.insert(error).second) return;
  callbacks_.log(base::LogLevel::kError, "leadership",
                 base::cat("this replica cannot take part in the group: ", reason));
}

void Leadership::set(bool leader) {
  if (leader_.exchange(leader) == leader) return;
  changes_.fetch_add(1);
  if (changed_) changed_(leader);
}

}  // namespace bellwether::kafka
