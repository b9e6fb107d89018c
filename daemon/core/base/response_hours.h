// Purpose: the buckets of the time to a first response, in working hours (Monday to Friday,
// 09:00–17:00 UTC). Each response counts in one bucket. Indicators compute medians and percentiles
// from the buckets.
// Thread safety: constants.
#pragma once

#include <array>
#include <cstddef>

namespace bellwether::base {

// Upper limits in hours, inclusive: bucket b ≥ 1 contains waits up to kResponseHours[b − 1]. The
// last bucket has no upper limit. 40 hours are five working days.
inline constexpr std::array<double, 14> kResponseHours = {0.5, 1,  2,  3,  4,  6,  8,
                                                          12,  16, 24, 32, 40, 60, 80};
// Bucket 0, "no response yet", is not counted here.
inline constexpr size_t kResponseBuckets = kResponseHours.size() + 1;

}  // namespace bellwether::base
