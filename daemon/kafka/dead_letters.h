// Purpose: refused records, with their reason, origin and original bytes, on a topic of their own. A
// record's offset counts as done only when its dead letter was acknowledged.
// Thread safety: all public functions may be called from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "kafka/dead_letter_marks.h"
#include "kafka/producer.h"

namespace bellwether::kafka {

inline constexpr size_t kDeadLettersInFlightMax = 10'000;
// Longer values are cut, and the header bellwether.truncated_from tells how long they were: a broker's
// default limit is 1 MiB a record, headers included.
inline constexpr size_t kDeadLetterValueBytesMax = 900'000;

struct DeadLetter {
  std::string_view topic;  // where it came from
  int32_t partition = 0;
  int64_t offset = 0;
  int64_t timestamp_ms = -1;
  std::string_view key;
  std::string_view value;
  std::string_view reason;   // events::name(Refusal)
  std::string_view message;  // for a person
};

class DeadLetters {
 public:
  // `marks`: what stands in the topic: those are not written again when the log is replayed.
  DeadLetters(Producer& producer, std::string topic, DeadLetterMarks marks, LogFn log);
  ~DeadLetters();

  // False when too many are in flight: hold the input and offer it again. Retries by itself until the
  // broker has it. REQUIRES: the letters of an input come in the order of its log.
  bool write(const DeadLetter& letter);
  // Everything refused before `offset` of this input is safely written.
  bool done_before(const std::string& topic, int32_t partition, int64_t offset) const;
  // Resends what failed; call now and then.
  void retry();
  size_t in_flight() const;
  int64_t written() const;
  int64_t failed_attempts() const;

 private:
  struct State;
  void send(int64_t id);
  Producer& producer_;
  std::string topic_;
  LogFn log_;
  std::shared_ptr<State> state_;  // shared with callbacks that may outlive us
};

}  // namespace bellwether::kafka
