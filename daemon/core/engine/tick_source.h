// Purpose: the source of the evaluator's ticks: each partition hands on its closed ticks in order.
// A partition may be folded in this process or elsewhere.
// Thread safety: defined by the implementation; take() and the functions below belong to one
// thread.
#pragma once

#include <optional>
#include <vector>

#include "core/base/calendar.h"
#include "core/engine/alignment.h"
#include "core/engine/partition_engine.h"

namespace bellwether::engine {

class TickSource {
 public:
  virtual ~TickSource() = default;
  virtual int partitions() const = 0;  // partitions are numbered from 0
  virtual Front front(int partition) const = 0;
  // The tick that front() names as `next`; nullopt if there is none.
  virtual std::optional<PartitionTick> take(int partition) = 0;
};

inline std::vector<Front> fronts(const TickSource& source) {
  std::vector<Front> out;
  for (int p = 0; p < source.partitions(); ++p) out.push_back(source.front(p));
  return out;
}

// The data of all partitions that have closed `tick`, in the order of the partitions. REQUIRES: no
// partition holds an older tick; aligned_tick() guarantees this.
inline std::vector<PartitionTick> take_all(TickSource& source, base::PeriodIndex tick) {
  std::vector<PartitionTick> out;
  for (int p = 0; p < source.partitions(); ++p) {
    if (source.front(p).next != tick) continue;
    if (auto part = source.take(p)) out.push_back(*std::move(part));
  }
  return out;
}

}  // namespace bellwether::engine
