// Purpose: whether a replica has caught up, so that queries may be sent to it. Once ready it stays
// so until it is much further behind: readiness that comes and goes takes replicas away when they
// are needed most. Thread safety: pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/ingest/ingest.h"

namespace bellwether::runtime {

// Not ready again only when this many times further behind than what readiness asks for.
inline constexpr int64_t kUnreadyFactor = 10;
// More closed ticks than this wait for the evaluation: it has not caught up.
inline constexpr size_t kTicksWaitingMax = 2;
inline constexpr size_t kTicksWaitingUnready = 6;
// A tick that waits so long for its verdict: nobody leads, or the journal takes nothing.
inline constexpr double kVerdictWaitSeconds = 60;

struct Progress {
  bool journal_read = false;  // to its end
  std::vector<LaneReport> lanes;
  size_t ticks_waiting = 0;         // closed, not evaluated
  double verdict_wait_seconds = 0;  // of the latest tick
};

// Why it is behind; empty when it has caught up. `lag_events_max`: records of one input that a
// replica may have to read still to become ready; `was_ready`: until now.
std::string why_behind(const Progress& progress, int64_t lag_events_max, bool was_ready);

}  // namespace bellwether::runtime
