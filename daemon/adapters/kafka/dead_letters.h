// Purpose: refused records, with their reason, origin and original bytes, on a topic of their own.
// A record's offset counts as done only when its dead letter stands there. Every replica refuses
// the same records. The leader writes their letters; the others keep theirs until they see them in
// the topic, so that each is written once, and whoever leads next writes what is missing. Where two
// lead for a moment a letter may stand there twice. Thread safety: all public functions may be
// called from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "adapters/kafka/dead_letter_marks.h"
#include "adapters/kafka/producer.h"
#include "core/base/log.h"

namespace bellwether::kafka {

inline constexpr size_t kDeadLettersInFlightMax = 10'000;
inline constexpr size_t kDeadLetterBytesInFlightMax = 64 << 20;
// Longer values and keys are cut, and a header tells how long they were. With the headers' share
// they stay below the client's and the broker's default limits, 1,000,000 bytes and 1 MiB a record.
inline constexpr size_t kDeadLetterValueBytesMax = 900'000;
inline constexpr size_t kDeadLetterKeyBytesMax = 4'096;
inline constexpr size_t kDeadLetterHeaderBytesMax = 1'024;  // each
// A letter that the broker refused is offered again after this time.
inline constexpr absl::Duration kDeadLetterRetryEvery = absl::Seconds(1);
// A new leader keeps reading this long before it writes, because the previous leader's letters may
// still be in flight.
inline constexpr absl::Duration kDeadLetterHandOver = absl::Seconds(1);

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
  // Writes from the start; follow() tells who does not.
  DeadLetters(Producer& producer, std::string topic, DeadLetterMarks marks, base::LogFn log);
  ~DeadLetters();

  // False when too many are in flight: hold the input and offer it again. Retries by itself until
  // the broker has it; where the topic takes no record as large as that, without key and value.
  // REQUIRES: the letters of an input come in the order of its log.
  bool write(const DeadLetter& letter);
  // write() would take none.
  bool full() const;
  // Everything refused before `offset` of this input is safely written.
  bool done_before(const std::string& topic, int32_t partition, int64_t offset) const;
  // Resends what failed; call now and then.
  void retry();
  // Reads what came to the topic since, and writes itself only while this replica leads. Call now
  // and then, never from two threads at once.
  void follow(DeadLetterReader& reader, bool leads, absl::Time now);
  size_t in_flight() const;
  int64_t written() const;
  int64_t failed_attempts() const;
  // Why letters wait that the broker refused; empty when none does.
  std::string trouble() const;

 private:
  struct State;
  void send(int64_t id);
  Producer& producer_;
  absl::Time leads_since_ = absl::InfiniteFuture();  // follow()'s own
  std::string topic_;
  std::shared_ptr<State> state_;  // shared with callbacks that may outlive us
};

}  // namespace bellwether::kafka
