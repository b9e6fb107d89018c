// Purpose: writes refused records to their own topic, with reason, origin and original bytes. A
// record's offset counts as done only when its dead letter is in the topic. Every replica refuses
// the same records. The leader writes their letters. The other replicas keep theirs until they see
// them in the topic. So each letter is written once, and a new leader writes the missing ones. If
// two replicas lead for a moment, a letter may be in the topic twice.
// Thread safety: all public functions may be called from any thread.
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
// Longer values and keys are truncated, and a header gives the original length. Together with the
// headers they stay below the default limits of client and broker: 1,000,000 bytes and 1 MiB per
// record.
inline constexpr size_t kDeadLetterValueBytesMax = 900'000;
inline constexpr size_t kDeadLetterKeyBytesMax = 4'096;
inline constexpr size_t kDeadLetterHeaderBytesMax = 1'024;  // per header
// The pause before a refused letter is sent again.
inline constexpr absl::Duration kDeadLetterRetryEvery = absl::Seconds(1);
// A new leader keeps reading this long before it writes, because the previous leader's letters may
// still be in flight.
inline constexpr absl::Duration kDeadLetterHandOver = absl::Seconds(1);

struct DeadLetter {
  std::string_view topic;  // of the refused record
  int32_t partition = 0;
  int64_t offset = 0;
  int64_t timestamp_ms = -1;
  std::string_view key;
  std::string_view value;
  std::string_view reason;   // events::name(Refusal)
  std::string_view message;  // a text for people
};

class DeadLetters {
 public:
  // `marks`: the letters that are in the topic already. They are not written again when the log is
  // replayed. Writes letters from the start, until follow() is called for a replica that does not
  // lead.
  DeadLetters(Producer& producer, std::string topic, DeadLetterMarks marks, base::LogFn log);
  ~DeadLetters();

  // False if too many letters are in flight: hold the input and try again. After true it retries by
  // itself until the broker has the letter. If the topic refuses the letter because of its size, it
  // is sent without key and value. REQUIRES: the letters of an input come in the order of its log.
  bool write(const DeadLetter& letter);
  // True if write() would return false.
  bool full() const;
  // True if all refused records before `offset` of this input have their letters in the topic.
  bool done_before(const std::string& topic, int32_t partition, int64_t offset) const;
  // Sends failed letters again. Call regularly.
  void retry();
  // Reads the new letters of the topic. Letters are written only while this replica leads. Call
  // regularly, never from two threads at once.
  void follow(DeadLetterReader& reader, bool leads, absl::Time now);
  size_t in_flight() const;
  int64_t written() const;
  int64_t failed_attempts() const;
  // The reason why refused letters wait; empty if none waits.
  std::string trouble() const;

 private:
  struct State;
  void send(int64_t id);
  Producer& producer_;
  absl::Time leads_since_ = absl::InfiniteFuture();  // used only by follow()
  std::string topic_;
  std::shared_ptr<State> state_;  // shared with callbacks, which may outlive this object
};

}  // namespace bellwether::kafka
