#include "runtime/service/readiness.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "runtime/ingest/lane_reports.h"
#include "runtime/service/wording.h"

namespace bellwether::runtime {

using base::cat;

namespace {

// The reason if the journal is further than the figures; else empty.
std::string why_not_shown(const Progress& progress, bool was_ready) {
  if (!progress.journal_tick) return "";
  if (progress.shown_tick >= progress.journal_tick) return "";
  if (was_ready && progress.figures_behind <= kFiguresStuck) return "";
  if (progress.only_records_close_ticks && !lost_records(progress.lanes).empty()) return "";
  return cat(
      "figures are through ",
      progress.shown_tick ? progress.calendar.name(*progress.shown_tick) : std::string("no period"),
      ", the journal's newest tick is ", progress.calendar.name(*progress.journal_tick));
}

}  // namespace

absl::Duration FiguresWatch::behind(std::optional<base::PeriodIndex> shown,
                                    std::optional<base::PeriodIndex> journal, absl::Time now) {
  if (shown >= journal) {
    since_.reset();
  } else if (!since_ || shown != shown_) {
    since_ = now;
  }
  shown_ = shown;
  return since_ ? now - *since_ : absl::ZeroDuration();
}

std::optional<NotReady> why_behind(const Progress& progress, int64_t lag_events_max,
                                   bool was_ready) {
  using Reason = NotReadyReason;
  if (!progress.journal_read) return NotReady{Reason::kReadingJournal, wording::kReadingJournal};
  int64_t behind = 0;
  for (const LaneReport& lane : progress.lanes) {
    for (const InputReport& in : lane.inputs) {
      if (!in.error.empty()) {
        return NotReady{Reason::kInputError, cat(in.topic, " ", in.partition, ": ", in.error)};
      }
      if (in.end_offset < 0) {  // the end of the log is not known
        if (was_ready) continue;
        return NotReady{Reason::kInputUnknown, cat("waiting for ", in.topic, " ", in.partition)};
      }
      // What waits for other inputs is not for this replica to read.
      if (!in.blocked) behind = std::max(behind, in.lag_events);
    }
  }
  if (!was_ready && behind > lag_events_max)
    return NotReady{Reason::kLag, cat(behind, " records behind")};
  if (std::string why = why_not_shown(progress, was_ready); !why.empty())
    return NotReady{Reason::kFiguresBehind, std::move(why)};
  if (!was_ready && progress.ticks_waiting > kTicksWaitingMax) {
    return NotReady{Reason::kTicksWaiting, cat(progress.ticks_waiting, " ticks to evaluate")};
  }
  if (progress.verdict_wait_seconds > kVerdictWaitSeconds) {
    return NotReady{
        Reason::kVerdictOverdue,
        cat("the latest tick has waited ", static_cast<int>(progress.verdict_wait_seconds),
            " s for its verdict: nobody leads, or the journal takes nothing")};
  }
  return std::nullopt;
}

}  // namespace bellwether::runtime
