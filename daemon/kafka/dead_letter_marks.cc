#include "kafka/dead_letter_marks.h"

#include <memory>
#include <optional>
#include <vector>

#include "absl/time/clock.h"
#include "base/text.h"
#include "kafka/consumer.h"
#include "kafka/dead_letter_headers.h"

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

// False when there was no room for it.
bool mark(const Record& letter, DeadLetterMarks& marks) {
  auto const from = header(letter.message, kTopicHeader);
  auto const partition = header(letter.message, kPartitionHeader);
  auto const offset = header(letter.message, kOffsetHeader);
  if (!from || !partition || !offset) return true;
  auto const p = base::parse_number<int32_t>(*partition);
  auto const o = base::parse_number<int64_t>(*offset);
  if (!p || !o) return true;
  return marks[{std::string(*from), *p}].add(*o);
}

// The partitions of the topic, read side by side.
class Reading {
 public:
  Reading(const std::string& topic, int partitions) : ended_(static_cast<size_t>(partitions)), open_(ended_.size()) {
    for (int p = 0; p < partitions; ++p) inputs_.push_back({topic, p, RD_KAFKA_OFFSET_BEGINNING});
  }
  absl::Status start(const ClientOptions& options, const LogFn& log) {
    auto consumer = InputConsumer::create(options, inputs_, {}, log);
    if (!consumer.ok()) return consumer.status();
    consumer_ = *std::move(consumer);
    for (size_t i = 0; i < inputs_.size(); ++i) consumer_->wake_on(i, waiter_);
    return absl::OkStatus();
  }

  // False when nothing new came, for a moment. Error: the last that the broker told of.
  absl::StatusOr<bool> step(DeadLetterMarks& marks) {
    bool any = false;
    absl::Status error;
    for (size_t i = 0; i < inputs_.size(); ++i) {
      consumer_->poll(i, batch_);
      if (!batch_.error().ok()) error = batch_.error();
      for (const Record& r : batch_.records()) without_room_ += mark(r, marks) ? 0 : 1;
      bool const ends = batch_.at_end() && !ended_[i];
      if (ends) {
        ended_[i] = true;
        --open_;
      }
      any = any || ends || !batch_.records().empty();
    }
    consumer_->serve_callbacks();
    if (!any) waiter_.wait(kPollMs);
    if (!any && !error.ok()) return error;
    return any;
  }
  bool done() const { return open_ == 0; }
  int64_t without_room() const { return without_room_; }

 private:
  std::vector<Assignment> inputs_;
  std::vector<bool> ended_;
  size_t open_;
  int64_t without_room_ = 0;
  Waiter waiter_;  // outlives the consumer that wakes it
  std::unique_ptr<InputConsumer> consumer_;
  Batch batch_;  // goes before the consumer that its records belong to
};

}  // namespace

absl::StatusOr<DeadLetterMarks> read_dead_letter_marks(const ClientOptions& options,
                                                       const std::string& topic, int partitions,
                                                       absl::Duration stall_max,
                                                       const std::function<bool()>& stopping,
                                                       const LogFn& log) {
  Reading reading(topic, partitions);
  if (absl::Status const s = reading.start(options, log); !s.ok()) return s;
  DeadLetterMarks marks;
  Patience patience(stall_max, absl::Now());
  absl::Status error = absl::DeadlineExceededError(base::cat(topic, ": the broker tells nothing of it"));
  while (!reading.done()) {
    if (stopping()) return absl::CancelledError(base::cat(topic, ": stopped before its end was read"));
    auto const advanced = reading.step(marks);
    if (!advanced.ok()) error = advanced.status();
    if (absl::IsNotFound(error) || absl::IsPermissionDenied(error)) return error;
    if (advanced.ok() && *advanced) patience.advanced(absl::Now());
    if (patience.over(absl::Now())) return error;
  }
  if (reading.without_room() > 0 && log) {
    log(4, "DEADLETTER", base::cat(topic, ": ", reading.without_room(), " letters are too many to remember; "
                                   "they are written again"));
  }
  return marks;
}

}  // namespace bellwether::kafka
