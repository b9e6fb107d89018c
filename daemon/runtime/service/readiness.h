// Purpose: decides whether a replica has caught up, so that it may get queries: it has read its
// inputs, and it shows the figures of every tick that the journal judges. Records that are read do
// not close a tick at once, so a replica that has only read everything would answer with earlier
// figures than before its restart. A ready replica stays ready while its figures move: all replicas
// read the same topics, so a load of many records puts all of them behind at once, and without any
// ready replica every call would fail. How far behind they are, answers and metrics tell.
// Thread safety: pure functions; FiguresWatch belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "core/base/calendar.h"
#include "runtime/ingest/lane_report.h"
#include "runtime/service/not_ready.h"

namespace bellwether::runtime {

// Limit of closed ticks that wait for the evaluation. With more, a replica does not become ready.
inline constexpr size_t kTicksWaitingMax = 2;
// If a replica shows the figures of one tick for longer than this, while the journal judges newer
// ones, it is stuck, and no longer ready.
inline constexpr absl::Duration kFiguresStuck = absl::Seconds(60);
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
  absl::Duration figures_behind;                  // as FiguresWatch::behind()
  // Only records close ticks (time.idle is not wall_clock). If some are no longer in the log, the
  // ticks of the journal may never close here, and the replica does not wait for them.
  bool only_records_close_ticks = false;
};

// Measures how long the figures of answers stay behind the journal without moving.
class FiguresWatch {
 public:
  // How long, at `now`, the figures have been those of `shown` while the journal judges a newer
  // tick: since the first such call. 0 if they are as new as the journal. Calls with times in
  // order.
  absl::Duration behind(std::optional<base::PeriodIndex> shown,
                        std::optional<base::PeriodIndex> journal, absl::Time now);

 private:
  std::optional<base::PeriodIndex> shown_;
  std::optional<absl::Time> since_;  // not set if the figures are as new as the journal
};

// Why the replica has not caught up; nullopt if it has. `lag_events_max`: the largest
// number of unread records of one input with which a replica may become ready. `was_ready`: whether
// it was ready before this call.
std::optional<NotReady> why_behind(const Progress& progress, int64_t lag_events_max,
                                   bool was_ready);

}  // namespace bellwether::runtime
