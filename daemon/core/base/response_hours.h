// Purpose: the buckets of the time to a first response, in working hours of the desk
// (core/reference/working_hours.h). Each response counts in one bucket. Indicators compute medians
// and percentiles from the buckets.
// Thread safety: pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace bellwether::base {

// Upper limits in hours, inclusive: bucket b ≥ 1 contains waits up to kResponseHours[b − 1]. The
// last bucket has no upper limit. 40 hours are five days of eight hours.
inline constexpr std::array<double, 14> kResponseHours = {0.5, 1,  2,  3,  4,  6,  8,
                                                          12,  16, 24, 32, 40, 60, 80};
// Bucket 0, "no response yet", is not counted here.
inline constexpr size_t kResponseBuckets = kResponseHours.size() + 1;

// The bucket of a wait in working time: the first one whose upper limit is at least the wait.
constexpr uint8_t response_bucket(int64_t wait_ms) {
  constexpr double kMillisPerHour = 3'600'000;
  uint8_t bucket = 1;
  for (double const hours : kResponseHours) {
    if (static_cast<double>(wait_ms) <= hours * kMillisPerHour) break;
    ++bucket;
  }
  return bucket;
}

}  // namespace bellwether::base
