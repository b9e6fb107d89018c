// Purpose: which tick the evaluator may take next, from where each partition stands.
// Thread safety: pure.
#pragma once

#include <algorithm>
#include <optional>
#include <span>

#include "core/base/calendar.h"

namespace bellwether::engine {

// Where one partition stands towards the evaluator.
struct Front {
  std::optional<base::PeriodIndex> next;  // the oldest tick that it has closed and still holds
  std::optional<base::PeriodIndex>
      floor;  // no tick before this one will come; nullopt: not known yet
};

// The oldest tick that any partition has closed, once no other partition can still close one before
// or with it. A partition that begins later has nothing to say about it.
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
