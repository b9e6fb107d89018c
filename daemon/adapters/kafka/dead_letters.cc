#include "adapters/kafka/dead_letters.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "adapters/kafka/dead_letter_headers.h"
#include "core/base/text.h"

namespace bellwether::kafka {
namespace {

constexpr int kFollowStepsMax = 16;  // of up to Batch::kRecordsMax letters per partition

}  // namespace

struct DeadLetters::State {
  struct Letter {
    OutgoingRecord record;
    std::string key;
    std::string value;
    size_t key_bytes = 0;  // original length
    size_t value_bytes = 0;
    std::pair<std::string, int32_t> input;
    int64_t offset = 0;
    int64_t timestamp_ms = -1;
    bool sent = false;
    bool bare = false;     // sent without key and value
    bool refused = false;  // refused at least once in its present form

    size_t bytes() const { return key.size() + value.size(); }
    // Reduces the letter to its smallest form. The headers give the lengths of what is left out.
    void strip();
  };
  void acknowledged(int64_t id);
  void found(const std::pair<std::string, int32_t>& input, int64_t offset, int64_t timestamp_ms);
  // Letters to send now. A follower sends a letter only if marks are missing: the letter may be in
  // the topic already, so that waiting to see it would never end.
  bool to_be_sent(const Letter& letter) const;
  void refused(int64_t id, const absl::Status& why);
  bool full() const;
  void report(base::LogLevel level, std::string_view text) const {
    if (log) log(level, "DEADLETTER", text);
  }

  base::LogFn log;
  mutable std::mutex mutex;
  std::map<int64_t, std::unique_ptr<Letter>> letters;  // not yet acknowledged, by id
  std::map<std::pair<std::string, int32_t>, std::map<int64_t, int64_t>>
      open;  // by input and offset
  DeadLetterMarks marks;
  bool writing = true;
  int64_t next = 0;
  int64_t written = 0;
  int64_t failed = 0;
  size_t bytes = 0;    // of keys and values in flight
  size_t waiting = 0;  // letters that the broker refused and that wait for a retry
  std::string trouble;
  bool told_of_size = false;
  absl::Time resume = absl::InfinitePast();
};

void DeadLetters::State::Letter::strip() {
  bare = true;
  std::erase_if(record.headers, [](const auto& header) {
    return header.first == kTruncatedHeader || header.first == kKeyTruncatedHeader;
  });
  record.headers.emplace_back(kTruncatedHeader, base::cat(value_bytes));
  record.headers.emplace_back(kKeyTruncatedHeader, base::cat(key_bytes));
  record.key = record.value = {};
  std::string().swap(key);
  std::string().swap(value);
}

bool DeadLetters::State::full() const {
  return letters.size() >= kDeadLettersInFlightMax || bytes >= kDeadLetterBytesInFlightMax;
}

void DeadLetters::State::acknowledged(int64_t id) {
  auto const found = letters.find(id);
  if (found == letters.end()) return;
  const Letter& letter = *found->second;
  auto const of_input = open.find(letter.input);
  of_input->second.erase(letter.offset);
  if (of_input->second.empty()) open.erase(of_input);
  bytes -= letter.bytes();
  if (letter.refused && --waiting == 0) {
    trouble.clear();
    report(base::LogLevel::kInfo, "dead letters are written again");
  }
  letters.erase(found);
}

// Removes the letter that another replica wrote. A letter that is in flight is removed only when
// the broker acknowledges it.
void DeadLetters::State::found(const std::pair<std::string, int32_t>& input, int64_t offset,
                               int64_t timestamp_ms) {
  if (auto const of_input = open.find(input); of_input != open.end()) {
    if (auto const id = of_input->second.find(offset); id != of_input->second.end()) {
      const Letter& letter = *letters.at(id->second);
      if (letter.timestamp_ms == timestamp_ms) {
        if (!letter.sent) acknowledged(id->second);
        return;
      }
    }
  }
  marks[input].add(offset, timestamp_ms);
}

bool DeadLetters::State::to_be_sent(const Letter& letter) const {
  if (writing) return true;
  auto const known = marks.find(letter.input);
  return known != marks.end() && !known->second.complete();
}

// Logs once when letters begin to wait and once when none waits, however often they are sent.
void DeadLetters::State::refused(int64_t id, const absl::Status& why) {
  auto const found = letters.find(id);
  if (found == letters.end()) return;
  Letter& letter = *found->second;
  letter.sent = false;
  if (absl::IsResourceExhausted(why)) return;  // own queue is full; the broker refused nothing
  ++failed;
  std::string const text(why.message());
  if (absl::IsInvalidArgument(why) && !letter.bare) {
    if (!told_of_size) {
      report(base::LogLevel::kWarning,
             base::cat(text, "; dead letters this large are written without key and value"));
    }
    told_of_size = true;
    bytes -= letter.bytes();
    letter.strip();
    return;
  }
  resume = absl::Now() + kDeadLetterRetryEvery;
  if (!letter.refused) ++waiting;
  letter.refused = true;
  if (trouble.empty())
    report(base::LogLevel::kError,
           base::cat(text, "; ticks wait until the dead letters are written"));
  trouble = text;
}

DeadLetters::DeadLetters(Producer& producer, std::string topic, DeadLetterMarks marks,
                         base::LogFn log)
    : producer_(producer), topic_(std::move(topic)), state_(std::make_shared<State>()) {
  state_->log = std::move(log);
  state_->marks = std::move(marks);
}

DeadLetters::~DeadLetters() = default;

bool DeadLetters::write(const DeadLetter& letter) {
  int64_t id = 0;
  {
    std::lock_guard lock(state_->mutex);
    std::pair<std::string, int32_t> const input(std::string(letter.topic), letter.partition);
    if (auto const written = state_->marks.find(input); written != state_->marks.end()) {
      written->second.forget_before(letter.offset);
      if (written->second.contains(letter.offset, letter.timestamp_ms)) return true;
    }
    if (state_->full()) return false;
    auto l = std::make_unique<State::Letter>();
    l->key = letter.key.substr(0, kDeadLetterKeyBytesMax);
    l->value = letter.value.substr(0, kDeadLetterValueBytesMax);
    l->key_bytes = letter.key.size();
    l->value_bytes = letter.value.size();
    l->input = input;
    l->offset = letter.offset;
    l->timestamp_ms = letter.timestamp_ms;
    OutgoingRecord& r = l->record;
    r.topic = topic_;
    r.key = l->key;
    r.value = l->value;
    auto const text = [](std::string_view t) {
      return base::excerpt(t, kDeadLetterHeaderBytesMax);
    };
    r.headers = {{kTopicHeader, text(letter.topic)},
                 {kPartitionHeader, base::cat(letter.partition)},
                 {kOffsetHeader, base::cat(letter.offset)},
                 {kMessageHeader, text(letter.message)},
                 {kTimestampHeader, base::cat(letter.timestamp_ms)},
                 {kReasonHeader, text(letter.reason)}};
    if (l->value.size() < l->value_bytes)
      r.headers.emplace_back(kTruncatedHeader, base::cat(l->value_bytes));
    if (l->key.size() < l->key_bytes)
      r.headers.emplace_back(kKeyTruncatedHeader, base::cat(l->key_bytes));
    id = state_->next++;
    state_->open[input].emplace(letter.offset, id);
    state_->bytes += l->bytes();
    bool const send_now = state_->to_be_sent(*l);
    state_->letters.emplace(id, std::move(l));
    if (!send_now) return true;
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
    letter->sent = true;  // no other thread changes it until the broker has answered
  }
  absl::Status const queued =
      producer_.produce(letter->record, [state = state_, id](absl::StatusOr<int64_t> offset) {
        std::lock_guard lock(state->mutex);
        if (offset.ok()) {
          ++state->written;
          state->acknowledged(id);
        } else {
          state->refused(id, offset.status());
        }
      });
  if (queued.ok()) return;
  std::lock_guard lock(state_->mutex);
  state_->refused(id, queued);
}

bool DeadLetters::done_before(const std::string& topic, int32_t partition, int64_t offset) const {
  std::lock_guard lock(state_->mutex);
  auto const found = state_->open.find({topic, partition});
  return found == state_->open.end() || found->second.begin()->first >= offset;
}

void DeadLetters::retry() {
  producer_.poll(0);
  std::vector<int64_t> unsent;
  {
    std::lock_guard lock(state_->mutex);
    if (absl::Now() < state_->resume) return;
    for (const auto& [id, letter] : state_->letters) {
      if (!letter->sent && state_->to_be_sent(*letter)) unsent.push_back(id);
    }
  }
  for (int64_t id : unsent) send(id);
}

void DeadLetters::follow(DeadLetterReader& reader, bool leads, absl::Time now) {
  bool caught_up = false;
  for (int step = 0; step < kFollowStepsMax && !caught_up; ++step) {
    auto const more = reader.step(
        [this](std::string_view topic, int32_t partition, int64_t offset, int64_t timestamp_ms) {
          std::lock_guard lock(state_->mutex);
          state_->found({std::string(topic), partition}, offset, timestamp_ms);
        },
        0);
    if (!more.ok()) break;
    caught_up = !*more;
  }
  leads_since_ = leads ? std::min(leads_since_, now) : absl::InfiniteFuture();
  std::lock_guard lock(state_->mutex);
  bool const handed_over = leads && now - leads_since_ >= kDeadLetterHandOver;
  state_->writing = handed_over && (state_->writing || caught_up);
}

bool DeadLetters::full() const {
  std::lock_guard lock(state_->mutex);
  return state_->full();
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

std::string DeadLetters::trouble() const {
  std::lock_guard lock(state_->mutex);
  return state_->trouble;
}

}  // namespace bellwether::kafka
