#include "cli/broker/key_check.h"

#include <memory>

#include "absl/time/clock.h"
#include "adapters/kafka/consumer.h"
#include "adapters/kafka/partitioner.h"
#include "core/base/text.h"
#include "core/events/frame.h"
#include "core/events/message.h"

namespace bellwether::cli {
namespace {

constexpr int kPollMs = 100;

bool is_checked(domain::Topic topic, std::string_view value) {
  auto const bytes = events::is_framed(value) ? events::unframe(value) : value;
  events::Message message;
  return bytes && events::parse_message(topic, *bytes, message) && message.kind != 0 &&
         message.kind != events::kHeartbeatField;
}

}  // namespace

void KeyCount::note(std::string_view key, std::string_view value) {
  if (enough()) return;
  ++read;
  if (!is_checked(topic.topic, value)) return;
  ++checked;
  misplaced += kafka::partition_of(key, topic.partitions) != partition ? 1 : 0;
}

absl::StatusOr<std::vector<KeyCount>> count_keys(const kafka::ClientOptions& options,
                                                 const std::vector<CheckedTopic>& topics,
                                                 absl::Duration wait, const base::LogFn& log) {
  std::vector<KeyCount> counts;
  std::vector<kafka::Assignment> inputs;
  for (const CheckedTopic& topic : topics) {
    for (int32_t p = 0; p < topic.partitions; ++p) {
      counts.push_back({topic, p});
      inputs.push_back({topic.name, p});
    }
  }
  kafka::Waiter waiter;  // it must outlive the consumer
  auto consumer = kafka::InputConsumer::create(options, std::move(inputs), {}, log);
  if (!consumer.ok()) return consumer.status();
  for (size_t i = 0; i < counts.size(); ++i) (*consumer)->wake_on(i, waiter);
  std::vector<bool> done(counts.size(), false);
  size_t open = counts.size();
  kafka::Batch batch;
  for (absl::Time const deadline = absl::Now() + wait; open > 0;) {
    absl::Status error;
    for (size_t i = 0; i < counts.size(); ++i) {
      if (done[i]) continue;
      (*consumer)->poll(i, batch);
      if (!batch.error().ok()) error = batch.error();
      for (const kafka::Record& r : batch.records()) counts[i].note(r.key, r.value);
      done[i] = batch.at_end() || counts[i].enough();
      open -= done[i] ? 1 : 0;
    }
    (*consumer)->serve_callbacks();
    if (open > 0 && absl::Now() > deadline) {
      return !error.ok() ? error
                         : absl::DeadlineExceededError(
                               "the oldest records of the inputs did not come in time");
    }
    if (open > 0) waiter.wait(kPollMs);
  }
  return counts;
}

absl::Status check_keys(const std::vector<KeyCount>& counts) {
  std::string all;
  for (size_t i = 0; i < counts.size();) {
    const CheckedTopic& topic = counts[i].topic;
    std::string where;
    for (; i < counts.size() && counts[i].topic.name == topic.name; ++i) {
      if (counts[i].misplaced == 0) continue;
      base::append(where, where.empty() ? "" : ", ", counts[i].misplaced, " of ", counts[i].checked,
                   " in partition ", counts[i].partition);
    }
    if (where.empty()) continue;
    base::append(all, all.empty() ? "" : "\n", "topic ", topic.name,
                 ": of the oldest records that it keeps, ", where,
                 " have the key of another of its ", topic.partitions,
                 " partitions by Kafka's default partitioner (murmur2): partitions were added "
                 "after them, or their producer has another partitioner. If the facts of a "
                 "business are in two partitions, some are not counted. Set the producer's "
                 "partitioner (librdkafka: partitioner=murmur2_random), and publish the records "
                 "again into new topics");
  }
  return all.empty() ? absl::OkStatus() : absl::FailedPreconditionError(all);
}

}  // namespace bellwether::cli
