// Purpose: the input of a forecast, and the check whether it can be forecast.
// Invariants: a series that check() passes has finite, bounded values, so that no sum of its
// squares overflows and no forecast of it is NaN.
// Thread safety: pure.
#pragma once

#include <cstddef>
#include <span>

#include "core/stats/not_assessed.h"

namespace bellwether::forecast {

// Values of consecutive periods, oldest first, in the caller's unit.
using Series = std::span<const double>;

inline constexpr size_t kLengthMax = 20'000;   // periods of history
inline constexpr int kHorizonMax = 1'000;      // periods ahead
inline constexpr int kPeriodMax = 400;         // periods in a season
inline constexpr double kMagnitudeMax = 1e15;  // |value|

using stats::name;
using stats::NotAssessed;

// Checks whether a method that needs `length_min` values can forecast these. kTooLarge for a value
// beyond ±kMagnitudeMax or for more than kLengthMax values.
NotAssessed check(Series y, size_t length_min);

bool all_positive(Series y);

}  // namespace bellwether::forecast
