// Purpose: whether a snapshot may be gone on from: the log must be the one that it was made of and
// must still hold what comes next. Errors: FailedPrecondition with the place and what is wrong with
// it. Thread safety: pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "adapters/snapshot/image.h"

namespace bellwether::snapshot {

struct LogPlace {
  std::string topic;
  int32_t partition = 0;
  int64_t offset = -1;  // of the mark; < 0: the ends alone
};
// What stands there now.
struct LogSight {
  int64_t low = 0;   // the first offset that is kept
  int64_t high = 0;  // the offset that comes next
  Mark mark;         // of the record at the offset asked for; none where there is none
};

// Of one log that is to be read on from `next`.
absl::Status agrees(const Mark& mark, int64_t next, const LogSight& sight, std::string_view where);

// Where the log must be looked at: the inputs of each partition, then the journal.
std::vector<LogPlace> places(const Restored& found, std::string_view journal_topic);
// `sights`: what was seen at places(), in their order.
absl::Status agrees_with_log(const Restored& found, std::span<const LogSight> sights);

}  // namespace bellwether::snapshot
