// Purpose: whether a restart may resume from a snapshot: the log must be the one that it was made
// of, and must still hold the next records. Errors: FailedPrecondition with the place and what is
// wrong with it. Thread safety: pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "adapters/snapshot/image.h"
#include "core/base/log_place.h"

namespace bellwether::snapshot {

using base::LogPlace;
using base::LogState;

// Of one log that is to be read from `next` on. `state`: at the offset of the mark.
absl::Status agrees(const LogMark& mark, int64_t next, const LogState& state,
                    std::string_view where);

// Where the log must be inspected: the inputs of each partition, then the journal.
std::vector<LogPlace> places(const Restored& found, std::string_view journal_topic);
// `states`: of the logs at places(), in their order.
absl::Status agrees_with_log(const Restored& found, std::span<const LogState> states);

}  // namespace bellwether::snapshot
