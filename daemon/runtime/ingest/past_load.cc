#include "runtime/ingest/past_load.h"

#include <algorithm>

namespace bellwether::runtime {

using events::EventKind;

void PastLoad::Count::add(const Count& other) {
  if (!other.period || (period && *period > *other.period)) return;
  if (period != other.period) *this = Count{other.period};
  records += other.records;
  past += other.past;
}

void PastLoad::note(const events::Event& event, base::UnixMillis published,
                    base::UnixMillis latest) {
  bool const heartbeat = event.kind == EventKind::kHeartbeat;
  if (!heartbeat && published.value < 0) return;
  newest_ = std::max(newest_, std::min(latest, heartbeat ? event.complete_to : published));
  base::Days const today = base::days_of(newest_);
  if (base::PeriodIndex const period = calendar_.period_of(today); period != count_.period)
    count_ = Count{period};
  // A retraction has no date of its own.
  if (heartbeat || event.kind == EventKind::kRetracted) return;
  ++count_.records;
  count_.past += int64_t{event.effective.value < today.value - kPastDays};
}

}  // namespace bellwether::runtime
