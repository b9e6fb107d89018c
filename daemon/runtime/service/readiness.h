// Purpose: whether a replica has caught up, so that queries may be sent to it. Once ready it stays
// so until it is much further behind: readiness that comes and goes takes replicas away when they
// are needed most. Thread safety: pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/ingest/lane_report.h"

namespace bellwether::runtime {

// A ready replica stays ready until its lag is this many times the limit for becoming ready.
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

// Why it is behind; empty when it has caught up. `lag_events_max`: unread records of one input with
// which a replica may become ready; `was_ready`: until now.
std::string why_behind(const Progress& progress, int64_t lag_events_max, bool was_ready);

}  // namespace bellwether::runtime
