// Purpose: decides whether a restart may resume from a snapshot. The log must be the log of the
// snapshot, and must still hold the next records. Errors: FailedPrecondition, with the place and
// the reason.
// Thread safety: pure.
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

// Checks one log that will be read from `next` on. `state`: the state of the log at the mark's
// offset.
absl::Status agrees(const LogMark& mark, int64_t next, const LogState& state,
                    std::string_view where);

// The places where the log must be inspected: the inputs of each partition, then the journal.
std::vector<LogPlace> places(const Restored& found, std::string_view journal_topic);
// `states`: the states of the logs at places(), in the same order.
absl::Status agrees_with_log(const Restored& found, std::span<const LogState> states);

}  // namespace bellwether::snapshot
