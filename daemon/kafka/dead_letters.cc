#include "kafka/dead_letters.h"

#include <optional>
#include <vector>

#include "base/text.h"
#include "kafka/consumer.h"

namespace bellwether::kafka {
namespace {

// In the manner of Kafka Connect, so that its tools read them.
constexpr char kTopicHeader[] = "__connect.errors.topic";
constexpr char kPartitionHeader[] = "__connect.errors.partition";
constexpr char kOffsetHeader[] = "__connect.errors.offset";
constexpr char kMessageHeader[] = "__connect.errors.exception.message";
constexpr char kTimestampHeader[] = "bellwether.timestamp";
constexpr char kReasonHeader[] = "bellwether.reason";
constexpr char kTruncatedHeader[] = "bellwether.truncated_from";

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

}  // namespace

struct DeadLetters::State {
  struct Letter {
    OutgoingRecord record;
    std::string key;
    std::string value;
    std::pair<std::string, int32_t> input;
    int64_t offset = 0;
    bool sent = false;
  };
  mutable std::mutex mutex;
  std::map<int64_t, std::unique_ptr<Letter>> letters;  // not yet acknowledged, by number
  std::map<std::pair<std::string, int32_t>, std::set<int64_t>> open;  // their offsets, by input
  DeadLetterMarks marks;
  int64_t next = 0;
  int64_t written = 0;
  int64_t failed = 0;
};

DeadLetters::DeadLetters(Producer& producer, std::string topic, DeadLetterMarks marks, LogFn log)
    : producer_(producer),
      topic_(std::move(topic)),
      log_(std::move(log)),
      state_(std::make_shared<State>()) {
  state_->marks = std::move(marks);
}

DeadLetters::~DeadLetters() = default;

bool DeadLetters::write(const DeadLetter& letter) {
  int64_t id = 0;
  {
    std::lock_guard lock(state_->mutex);
    std::pair<std::string, int32_t> const input(std::string(letter.topic), letter.partition);
    auto const mark = state_->marks.find(input);
    if (mark != state_->marks.end() && letter.offset <= mark->second) return true;
    if (state_->letters.size() >= kDeadLettersInFlightMax) return false;
    auto l = std::make_unique<State::Letter>();
    l->key = letter.key;
    l->value = letter.value.substr(0, kDeadLetterValueBytesMax);
    l->input = input;
    l->offset = letter.offset;
    OutgoingRecord& r = l->record;
    r.topic = topic_;
    r.key = l->key;
    r.value = l->value;
    r.headers = {{kTopicHeader, std::string(letter.topic)},
                 {kPartitionHeader, base::cat(letter.partition)},
                 {kOffsetHeader, base::cat(letter.offset)},
                 {kMessageHeader, std::string(letter.message)},
                 {kTimestampHeader, base::cat(letter.timestamp_ms)},
                 {kReasonHeader, std::string(letter.reason)}};
    if (letter.value.size() > kDeadLetterValueBytesMax) {
      r.headers.emplace_back(kTruncatedHeader, base::cat(letter.value.size()));
    }
    state_->open[input].insert(letter.offset);
    id = state_->next++;
    state_->letters.emplace(id, std::move(l));
  }
  send(id);
  return true;
}

void DeadLetters::send(int64_t id) {
  State::Letter* letter = nullptr;
  {
    std::lock_guard lock(state_->mutex);
    auto const found = state_->letters.find(id);
    if (found == state_->letters.end() || found->second->sent) return;
    letter = found->second.get();
    letter->sent = true;
  }
  absl::Status const queued =
      producer_.produce(letter->record, [state = state_, id, log = log_](absl::StatusOr<int64_t> r) {
        std::lock_guard lock(state->mutex);
        auto const found = state->letters.find(id);
        if (found == state->letters.end()) return;
        if (!r.ok()) {
          ++state->failed;
          found->second->sent = false;  // retry() sends it again
          if (log) log(4, "DEADLETTER", base::from_absl(r.status().message()));
          return;
        }
        auto const open = state->open.find(found->second->input);
        open->second.erase(found->second->offset);
        if (open->second.empty()) state->open.erase(open);
        state->letters.erase(found);
        ++state->written;
      });
  if (queued.ok()) return;
  std::lock_guard lock(state_->mutex);
  ++state_->failed;
  letter->sent = false;
}

bool DeadLetters::done_before(const std::string& topic, int32_t partition, int64_t offset) const {
  std::lock_guard lock(state_->mutex);
  auto const found = state_->open.find({topic, partition});
  return found == state_->open.end() || *found->second.begin() >= offset;
}

void DeadLetters::retry() {
  producer_.poll(0);
  std::vector<int64_t> unsent;
  {
    std::lock_guard lock(state_->mutex);
    for (const auto& [id, letter] : state_->letters) {
      if (!letter->sent) unsent.push_back(id);
    }
  }
  for (int64_t id : unsent) send(id);
}

size_t DeadLetters::in_flight() const {
  std::lock_guard lock(state_->mutex);
  return state_->letters.size();
}

int64_t DeadLetters::written() const {
  std::lock_guard lock(state_->mutex);
  return state_->written;
}

int64_t DeadLetters::failed_attempts() const {
  std::lock_guard lock(state_->mutex);
  return state_->failed;
}

absl::StatusOr<DeadLetterMarks> read_dead_letter_marks(const ClientOptions& options,
                                                       const std::string& topic, int partitions,
                                                       absl::Duration wait, const LogFn& log) {
  constexpr int kPollMs = 100;
  absl::Time const deadline = absl::Now() + wait;
  std::vector<Assignment> inputs;
  for (int p = 0; p < partitions; ++p) inputs.push_back({topic, p, RD_KAFKA_OFFSET_BEGINNING});
  auto consumer = InputConsumer::create(options, inputs, {}, log);
  if (!consumer.ok()) return consumer.status();
  Waiter waiter;
  for (size_t i = 0; i < inputs.size(); ++i) (*consumer)->wake_on(i, waiter);
  DeadLetterMarks marks;
  std::vector<bool> ended(inputs.size());
  size_t open = inputs.size();
  Batch batch;
  while (open > 0) {
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError(base::cat(topic, ": not read to its end in time"));
    }
    bool any = false;
    for (size_t i = 0; i < inputs.size(); ++i) {
      (*consumer)->poll(i, batch);
      if (!batch.error().ok()) return batch.error();
      any = any || !batch.records().empty();
      for (const Record& r : batch.records()) {
        auto const from = header(r.message, kTopicHeader);
        auto const partition = header(r.message, kPartitionHeader);
        auto const offset = header(r.message, kOffsetHeader);
        if (!from || !partition || !offset) continue;
        auto const p = base::parse_number<int32_t>(*partition);
        auto const o = base::parse_number<int64_t>(*offset);
        if (!p || !o) continue;
        int64_t& mark = marks.try_emplace({std::string(*from), *p}, -1).first->second;
        mark = std::max(mark, *o);
      }
      if (batch.at_end() && !ended[i]) {
        ended[i] = true;
        --open;
      }
    }
    if (!any && open > 0) waiter.wait(kPollMs);
  }
  batch.clear();  // before the consumer that the records belong to
  return marks;
}

}  // namespace bellwether::kafka
