// Purpose: which records stand in the dead-letter topic: read at the start, so that a replay of the
// inputs writes what is missing there and nothing twice.
// A newest offset an input would not do: letters are acknowledged in any order, so that one may stand
// there when an older one was still to be sent again.
// Thread safety: values; the function makes a client of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kafka/client.h"
#include "kafka/offset_runs.h"

namespace bellwether::kafka {

// By topic and partition that the letters came from.
using DeadLetterMarks = std::map<std::pair<std::string, int32_t>, OffsetRuns>;

// How long to wait for something that advances.
class Patience {
 public:
  Patience(absl::Duration wait_max, absl::Time now) : wait_max_(wait_max), last_(now) {}
  void advanced(absl::Time now) { last_ = now; }
  bool over(absl::Time now) const { return now - last_ > wait_max_; }

 private:
  absl::Duration wait_max_;
  absl::Time last_;
};

// Reads the dead-letter topic from its beginning to the end that it has now, however long that takes.
// Errors: DeadlineExceeded, or what the broker says, when nothing came for `stall_max`; Cancelled when
// `stopping` says so; NotFound and PermissionDenied at once.
absl::StatusOr<DeadLetterMarks> read_dead_letter_marks(const ClientOptions& options,
                                                       const std::string& topic, int partitions,
                                                       absl::Duration stall_max,
                                                       const std::function<bool()>& stopping,
                                                       const LogFn& log);

}  // namespace bellwether::kafka
