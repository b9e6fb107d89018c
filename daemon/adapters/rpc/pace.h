// Purpose: a rate limit that several senders share. Each sender asks when its next bytes may be
// sent, and they are served in the order of asking.
// Thread safety: one thread at a time; time is an argument.
#pragma once

#include <algorithm>
#include <cstdint>

#include "absl/time/time.h"

namespace bellwether::rpc {

class Pace {
 public:
  explicit Pace(double bytes_per_second) : bytes_per_second_(bytes_per_second) {}

  // How long to wait before these bytes are sent. Unused time does not allow a higher rate later.
  absl::Duration reserve(uint64_t bytes, absl::Time now) {
    absl::Time const begin = std::max(free_, now);
    free_ = begin + absl::Seconds(static_cast<double>(bytes) / bytes_per_second_);
    return begin - now;
  }

 private:
  double const bytes_per_second_;
  absl::Time free_ = absl::InfinitePast();
};

}  // namespace bellwether::rpc
