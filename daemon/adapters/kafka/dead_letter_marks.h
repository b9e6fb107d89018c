// Purpose: which records stand in the dead-letter topic: read at the start, so that a replay of the
// inputs writes what is missing there and nothing twice, and followed from then on, so that of
// several replicas one writes. A newest offset an input would not do: letters are acknowledged in
// any order, so that one may stand there when an older one was still to be sent again. Thread
// safety: values; a reader belongs to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/kafka/client.h"
#include "adapters/kafka/consumer.h"
#include "adapters/kafka/letter_marks.h"
#include "core/base/log.h"

namespace bellwether::kafka {

// By topic and partition that the letters came from.
using DeadLetterMarks = std::map<std::pair<std::string, int32_t>, LetterMarks>;

// How long to wait for something that advances.
class StallTimer {
 public:
  StallTimer(absl::Duration wait_max, absl::Time now) : wait_max_(wait_max), last_(now) {}
  void advanced(absl::Time now) { last_ = now; }
  bool over(absl::Time now) const { return now - last_ > wait_max_; }

 private:
  absl::Duration wait_max_;
  absl::Time last_;
};

// Where a letter came from; told for every letter read that says so.
using LetterFound = std::function<void(std::string_view topic, int32_t partition, int64_t offset,
                                       int64_t timestamp_ms)>;

// Reads all partitions of the dead-letter topic side by side, from the beginning.
class DeadLetterReader {
 public:
  static absl::StatusOr<std::unique_ptr<DeadLetterReader>> start(const ClientOptions& options,
                                                                 const std::string& topic,
                                                                 int partitions,
                                                                 const base::LogFn& log);

  // Takes what has been fetched. False when nothing was there, after a wait of `wait_ms`. Error:
  // what the broker told, when nothing came.
  absl::StatusOr<bool> step(const LetterFound& found, int wait_ms);
  // Every partition has been read to an end that it had.
  bool at_end() const { return open_ == 0; }
  const std::string& topic() const { return topic_; }

 private:
  DeadLetterReader(std::string topic, int partitions);

  std::string topic_;
  std::vector<bool> ended_;
  size_t open_;
  Waiter waiter_;  // outlives the consumer that wakes it
  std::unique_ptr<InputConsumer> consumer_;
  Batch batch_;  // goes before the consumer that its records belong to
};

// Reads to the end that the topic has now, however long that takes.
// Errors: DeadlineExceeded, or what the broker says, when nothing came for `stall_max`; Cancelled
// when `stopping` says so; NotFound and PermissionDenied at once.
absl::StatusOr<DeadLetterMarks> read_dead_letter_marks(DeadLetterReader& reader,
                                                       absl::Duration stall_max,
                                                       const std::function<bool()>& stopping,
                                                       const base::LogFn& log);

}  // namespace bellwether::kafka
