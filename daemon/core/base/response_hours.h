// Purpose: the buckets of the time to a first response, in working hours (Monday to Friday,
// 09:00–17:00 UTC): events fall into them, indicators read medians and percentiles from them.
// Thread safety: constants.
#pragma once

#include <array>
#include <cstddef>

namespace bellwether::base {

// Upper ends: bucket b ≥ 1 holds waits up to kResponseHours[b − 1]; the last is open. 40 hours are
// five working days.
inline constexpr std::array<double, 14> kResponseHours = {0.5, 1,  2,  3,  4,  6,  8,
                                                          12,  16, 24, 32, 40, 60, 80};
inline constexpr size_t kResponseBuckets = kResponseHours.size() + 1;  // without "none yet"

}  // namespace bellwether::base
