// Purpose: which records have a letter in the dead-letter topic. It is read at the start, so that a
// replay of the inputs writes only missing letters and no duplicates. Then it is followed, so that
// only one of several replicas writes. One newest offset per input would not be enough: letters are
// acknowledged in any order, so a newer letter can be in the topic while an older one still waits
// for a retry.
// Thread safety: values; a reader belongs to one thread.
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

// By the topic and partition of the refused records.
using DeadLetterMarks = std::map<std::pair<std::string, int32_t>, LetterMarks>;

// Timeout for an activity that makes progress: it restarts with every progress.
class StallTimer {
 public:
  StallTimer(absl::Duration wait_max, absl::Time now) : wait_max_(wait_max), last_(now) {}
  void advanced(absl::Time now) { last_ = now; }
  bool over(absl::Time now) const { return now - last_ > wait_max_; }

 private:
  absl::Duration wait_max_;
  absl::Time last_;
};

// Called for every letter read whose headers give its origin: the position of the refused record.
using LetterFound = std::function<void(std::string_view topic, int32_t partition, int64_t offset,
                                       int64_t timestamp_ms)>;

// Reads all partitions of the dead-letter topic in parallel, from the beginning.
class DeadLetterReader {
 public:
  static absl::StatusOr<std::unique_ptr<DeadLetterReader>> start(const ClientOptions& options,
                                                                 const std::string& topic,
                                                                 int partitions,
                                                                 const base::LogFn& log);

  // Takes what has been fetched. False if there was nothing, after a wait of `wait_ms`. Error: the
  // broker's error, if nothing came.
  absl::StatusOr<bool> step(const LetterFound& found, int wait_ms);
  // True once every partition has been read to its end.
  bool at_end() const { return open_ == 0; }
  const std::string& topic() const { return topic_; }

 private:
  DeadLetterReader(std::string topic, int partitions);

  std::string topic_;
  std::vector<bool> ended_;
  size_t open_;
  Waiter waiter_;  // outlives the consumer, which wakes it
  std::unique_ptr<InputConsumer> consumer_;
  Batch batch_;  // destroyed before the consumer that owns its records
};

// Reads to the present end of the topic. There is no limit on the total time. Errors:
// DeadlineExceeded, or the broker's error, if nothing came for `stall_max`; Cancelled if `stopping`
// returns true; NotFound and PermissionDenied at once.
absl::StatusOr<DeadLetterMarks> read_dead_letter_marks(DeadLetterReader& reader,
                                                       absl::Duration stall_max,
                                                       const std::function<bool()>& stopping,
                                                       const base::LogFn& log);

}  // namespace bellwether::kafka
