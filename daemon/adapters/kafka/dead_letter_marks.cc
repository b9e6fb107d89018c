#include "adapters/kafka/dead_letter_marks.h"

#include <memory>
#include <optional>
#include <vector>

#include "absl/time/clock.h"
#include "adapters/kafka/dead_letter_headers.h"
#include "core/base/text.h"

namespace bellwether::kafka {
namespace {

constexpr int kPollMs = 100;

std::optional<std::string_view> header(const rd_kafka_message_t* m, const char* name) {
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(m, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return std::nullopt;
  const void* value = nullptr;
  size_t bytes = 0;
  if (rd_kafka_header_get_last(headers, name, &value, &bytes) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return std::nullopt;
  }
  return std::string_view(static_cast<const char*>(value), bytes);
}

void tell(const Record& letter, const LetterFound& found) {
  auto const from = header(letter.message, kTopicHeader);
  auto const partition = header(letter.message, kPartitionHeader);
  auto const offset = header(letter.message, kOffsetHeader);
  if (!from || !partition || !offset) return;
  auto const p = base::parse_number<int32_t>(*partition);
  auto const o = base::parse_number<int64_t>(*offset);
  auto const timestamp = header(letter.message, kTimestampHeader);
  auto const t = timestamp ? base::parse_number<int64_t>(*timestamp) : std::nullopt;
  if (p && o) found(*from, *p, *o, t.value_or(-1));
}

}  // namespace

DeadLetterReader::DeadLetterReader(std::string topic, int partitions)
    : topic_(std::move(topic)), ended_(static_cast<size_t>(partitions)), open_(ended_.size()) {}

absl::StatusOr<std::unique_ptr<DeadLetterReader>> DeadLetterReader::start(
    const ClientOptions& options, const std::string& topic, int partitions,
    const base::LogFn& log) {
  std::unique_ptr<DeadLetterReader> reader(new DeadLetterReader(topic, partitions));
  std::vector<Assignment> inputs;
  for (int p = 0; p < partitions; ++p) inputs.push_back({topic, p, RD_KAFKA_OFFSET_BEGINNING});
  auto consumer = InputConsumer::create(options, std::move(inputs), {}, log);
  if (!consumer.ok()) return consumer.status();
  reader->consumer_ = *std::move(consumer);
  for (size_t i = 0; i < reader->ended_.size(); ++i) reader->consumer_->wake_on(i, reader->waiter_);
  return reader;
}

absl::StatusOr<bool> DeadLetterReader::step(const LetterFound& found, int wait_ms) {
  bool any = false;
  absl::Status error;
  for (size_t i = 0; i < ended_.size(); ++i) {
    consumer_->poll(i, batch_);
    if (!batch_.error().ok()) error = batch_.error();
    for (const Record& r : batch_.records()) tell(r, found);
    bool const ends = batch_.at_end() && !ended_[i];
    if (ends) {
      ended_[i] = true;
      --open_;
    }
    any = any || ends || !batch_.records().empty();
  }
  consumer_->serve_callbacks();
  if (!any && wait_ms > 0) waiter_.wait(wait_ms);
  if (!any && !error.ok()) return error;
  return any;
}

absl::StatusOr<DeadLetterMarks> read_dead_letter_marks(DeadLetterReader& reader,
                                                       absl::Duration stall_max,
                                                       const std::function<bool()>& stopping,
                                                       const base::LogFn& log) {
  DeadLetterMarks marks;
  int64_t without_room = 0;
  auto const found = [&](std::string_view topic, int32_t partition, int64_t offset,
                         int64_t timestamp_ms) {
    if (!marks[{std::string(topic), partition}].add(offset, timestamp_ms)) ++without_room;
  };
  StallTimer stall(stall_max, absl::Now());
  absl::Status error =
      absl::DeadlineExceededError(base::cat(reader.topic(), ": no answer from the broker"));
  while (!reader.at_end()) {
    if (stopping()) {
      return absl::CancelledError(base::cat(reader.topic(), ": stopped before its end was read"));
    }
    auto const advanced = reader.step(found, kPollMs);
    if (!advanced.ok()) error = advanced.status();
    if (absl::IsNotFound(error) || absl::IsPermissionDenied(error)) return error;
    if (advanced.ok() && *advanced) stall.advanced(absl::Now());
    if (stall.over(absl::Now())) return error;
  }
  if (without_room > 0 && log) {
    log(base::LogLevel::kWarning, "DEADLETTER",
        base::cat(reader.topic(), ": ", without_room,
                  " dead letters exceed the memory limit; they are written again"));
  }
  return marks;
}

}  // namespace bellwether::kafka
