// Purpose: decides whether a replica has caught up, so that it may get queries: it has read its
// inputs, and it shows the figures of every tick that the journal judges. Records that are read do
// not close a tick at once, so a replica that has only read everything would answer with earlier
// figures than before its restart. A ready replica stays ready until its lag is much larger than
// the limit, because changing readiness would remove replicas when they are needed most.
// Thread safety: pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/calendar.h"
#include "runtime/ingest/lane_report.h"
#include "runtime/service/not_ready.h"

namespace bellwether::runtime {

// A ready replica stays ready until its lag is this many times the limit for becoming ready.
inline constexpr int64_t kUnreadyFactor = 10;
// Limit of closed ticks that wait for the evaluation. With more, the replica has not caught up.
inline constexpr size_t kTicksWaitingMax = 2;
inline constexpr size_t kTicksWaitingUnready = 6;
// Limit of ticks in the journal whose figures a ready replica does not show yet. A replica becomes
// ready only if there is none.
inline constexpr int32_t kTicksNotShownUnready = 6;
// If a tick waits longer than this for its verdict, nobody leads, or the journal takes nothing.
inline constexpr double kVerdictWaitSeconds = 60;

struct Progress {
  bool journal_read = false;  // the journal was read to its end
  std::vector<LaneReport> lanes;
  size_t ticks_waiting = 0;         // closed but not evaluated
  double verdict_wait_seconds = 0;  // how long the latest tick has waited for its verdict
  base::Calendar calendar{base::CalendarUnit::kWeek};
  std::optional<base::PeriodIndex> journal_tick;  // the newest tick that the journal judges
  std::optional<base::PeriodIndex> shown_tick;    // the newest tick in the figures of answers
  // Only records close ticks (time.idle is not wall_clock). If some are no longer in the log, the
  // ticks of the journal may never close here, and the replica does not wait for them.
  bool only_records_close_ticks = false;
};

// Why the replica has not caught up; nullopt if it has. `lag_events_max`: the largest
// number of unread records of one input with which a replica may become ready. `was_ready`: whether
// it was ready before this call.
std::optional<NotReady> why_behind(const Progress& progress, int64_t lag_events_max,
                                   bool was_ready);

}  // namespace bellwether::runtime
