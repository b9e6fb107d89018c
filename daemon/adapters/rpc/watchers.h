// Purpose: the counts of the WatchAlerts streams, for metrics.
// Thread safety: values.
#pragma once

#include <cstdint>

namespace bellwether::rpc {

struct WatcherCounts {
  int open = 0;
  int limit = 0;
  int64_t refused = 0;   // because the limit was reached
  int64_t too_slow = 0;  // ended because they lagged by more than kWatcherLagMax
};

}  // namespace bellwether::rpc
