// Purpose: what a forecaster is given and when it says that it cannot answer.
// Invariants: a series that check() passes has finite, bounded values, so that no sum of squares
// over it overflows and no forecast of it is NaN. Thread safety: pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace bellwether::forecast {

// Values of consecutive periods, oldest first, in the unit of the caller.
using Series = std::span<const double>;

inline constexpr size_t kLengthMax = 20'000;   // periods of history
inline constexpr int kHorizonMax = 1'000;      // periods ahead
inline constexpr int kPeriodMax = 400;         // periods in a season
inline constexpr double kMagnitudeMax = 1e15;  // |value|

enum class NotAssessed : uint8_t {
  kNone,
  kEmpty,         // no value at all
  kShortHistory,  // fewer values than the method needs
  kNotFinite,     // a NaN or an infinity among the values
  kTooLarge,      // a value beyond ±kMagnitudeMax, or more than kLengthMax values
  kNotPositive,   // a value ≤ 0 where a multiplicative season was asked for
  kDiverged,      // smoothing with the parameters given leaves the finite numbers or, to multiply,
                  // the positive ones
  kBadOption,     // horizon, period, level or parameter outside its range
};
std::string_view name(NotAssessed why);

// Whether the values can be forecast at all by a method that needs `length_min` of them.
NotAssessed check(Series y, size_t length_min);

bool all_positive(Series y);

}  // namespace bellwether::forecast
