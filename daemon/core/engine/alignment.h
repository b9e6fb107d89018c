// Purpose: decides the next tick of the evaluator from the progress of each partition.
// Thread safety: pure.
#pragma once

#include <algorithm>
#include <optional>
#include <span>

#include "core/base/calendar.h"

namespace bellwether::engine {

// The progress of one partition.
struct Front {
  std::optional<base::PeriodIndex> next;  // the oldest closed tick that was not fetched yet
  std::optional<base::PeriodIndex>
      floor;  // no tick before this one will come; nullopt: not known yet
};

// The oldest tick that any partition has closed, provided that no other partition can still close
// this tick or an earlier one. A partition that begins later does not delay it.
inline std::optional<base::PeriodIndex> aligned_tick(std::span<const Front> partitions) {
  std::optional<base::PeriodIndex> oldest;
  for (const Front& front : partitions) {
    if (front.next) oldest = oldest ? std::min(*oldest, *front.next) : *front.next;
  }
  if (!oldest) return std::nullopt;
  for (const Front& front : partitions) {
    if (!front.floor || *front.floor < *oldest) return std::nullopt;
    if (*front.floor == *oldest && front.next != *oldest) return std::nullopt;
  }
  return oldest;
}

}  // namespace bellwether::engine
