// Purpose: what a forecaster is given and when it says that it cannot answer.
// Invariants: a series that check() passes has finite, bounded values, so that no sum of squares
// over it overflows and no forecast of it is NaN. Thread safety: pure.
#pragma once

#include <cstddef>
#include <span>

#include "core/stats/not_assessed.h"

namespace bellwether::forecast {

// Values of consecutive periods, oldest first, in the unit of the caller.
using Series = std::span<const double>;

inline constexpr size_t kLengthMax = 20'000;   // periods of history
inline constexpr int kHorizonMax = 1'000;      // periods ahead
inline constexpr int kPeriodMax = 400;         // periods in a season
inline constexpr double kMagnitudeMax = 1e15;  // |value|

using stats::name;
using stats::NotAssessed;

// Whether the values can be forecast at all by a method that needs `length_min` of them: kTooLarge
// for a value beyond ±kMagnitudeMax or more than kLengthMax values.
NotAssessed check(Series y, size_t length_min);

bool all_positive(Series y);

}  // namespace bellwether::forecast
