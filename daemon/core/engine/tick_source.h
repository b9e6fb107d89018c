// Purpose: where the evaluator's ticks come from: partitions that each hand on what they have
// closed, in order. It does not matter whether a partition is folded in this process or elsewhere.
// Thread safety: as the implementation says; take() and the functions below belong to one thread.
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
  virtual int partitions() const = 0;  // numbered from 0
  virtual Front front(int partition) const = 0;
  // The tick that front() names as the next one; nullopt when there is none.
  virtual std::optional<PartitionTick> take(int partition) = 0;
};

inline std::vector<Front> fronts(const TickSource& source) {
  std::vector<Front> out;
  for (int p = 0; p < source.partitions(); ++p) out.push_back(source.front(p));
  return out;
}

// What each partition that has closed `tick` hands on for it, by ascending partition. REQUIRES: no
// partition has an older one, as after aligned_tick().
inline std::vector<PartitionTick> take_all(TickSource& source, base::PeriodIndex tick) {
  std::vector<PartitionTick> out;
  for (int p = 0; p < source.partitions(); ++p) {
    if (source.front(p).next != tick) continue;
    if (auto part = source.take(p)) out.push_back(*std::move(part));
  }
  return out;
}

}  // namespace bellwether::engine
