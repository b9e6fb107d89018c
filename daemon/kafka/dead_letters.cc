#include "kafka/dead_letters.h"

#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "base/text.h"
#include "kafka/dead_letter_headers.h"

namespace bellwether::kafka {

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
    if (auto const written = state_->marks.find(input); written != state_->marks.end()) {
      written->second.forget_before(letter.offset);
      if (written->second.contains(letter.offset)) return true;
    }
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

}  // namespace bellwether::kafka
