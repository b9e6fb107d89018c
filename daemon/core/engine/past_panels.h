// Purpose: the panels of earlier ticks, for questions as of a revision. A panel is linear in the
// deltas of its ticks, so the panel of an earlier tick is the present one less the deltas of all
// later ticks. Counts that have left the kept periods since then are kept with the tick that moved
// them to the opening balance.
// Invariants: panel_at() gives the panel that was published at the tick, count by count. Deltas are
// taken back in the order opposite to that in which they were added, because the horizon decides
// whether a delta counts in a period or in the opening balance.
// Thread safety: pure; a PanelChange is immutable.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "core/base/calendar.h"
#include "core/engine/partition_engine.h"
#include "core/engine/reporting.h"
#include "core/indicators/panel.h"
#include "core/reference/reference.h"

namespace bellwether::engine {

// The number of the latest ticks of which questions can be asked, and the most that the changes of
// their panels may take. The oldest changes are dropped first.
inline constexpr size_t kPastTicksMax = 400;
static_assert(kPastTicksMax <= indicators::FigureTable::kTicksKept);
inline constexpr size_t kPastPanelBytesMax = 256 << 20;

// What one tick changed in the panel.
struct PanelChange {
  base::PeriodIndex tick;
  base::PeriodIndex first_period;                        // of the panel before the tick
  std::string deltas;                                    // packed by pack_deltas()
  std::string left;                                      // packed by LeftCounts
  std::shared_ptr<const SharesByMeasure> reported;       // as of the tick; never null
  std::optional<base::PeriodIndex> load = std::nullopt;  // of the register, as of the tick

  size_t bytes() const { return sizeof *this + deltas.size() + left.size(); }
};
// Of consecutive ticks, oldest first.
using PanelChanges = std::vector<std::shared_ptr<const PanelChange>>;

// The sum of the partitions' deltas: sorted by key, without zeros, about four bytes each.
std::string pack_deltas(std::span<const PartitionTick> parts);

// Packs the counts that leave the kept periods, as Panel::advance_horizon() names them.
class LeftCounts {
 public:
  void add(indicators::Measure measure, size_t node, std::span<const int64_t> counts);
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Adds the change of the next tick. Forgets the oldest changes beyond the limits, and all of them
// if `change` is not of the tick after the last one.
void remember(PanelChanges& changes, std::shared_ptr<const PanelChange> change,
              size_t bytes_max = kPastPanelBytesMax);

// DataLoss if a change read from a file names what the reference files do not have, or cannot be
// unpacked; says which tick.
absl::Status check(const PanelChange& change, const reference::Reference& reference);

struct PastPanel {
  std::shared_ptr<const indicators::Panel> panel;
  std::shared_ptr<const SharesByMeasure> reported;
};
// The panel after `tick`. `now` is the panel after the last of the changes. nullopt if there is no
// change of that tick, or if a later one cannot be taken back. REQUIRES: check() accepts the
// changes.
std::optional<PastPanel> panel_at(const indicators::Panel& now, const PanelChanges& changes,
                                  base::PeriodIndex tick);

}  // namespace bellwether::engine
