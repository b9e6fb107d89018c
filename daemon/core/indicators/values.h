// Purpose: makes the values of the catalogue: a ratio over its minimum base, or the reason why
// there is none. Used by catalogue.cc and by_decile.cc. Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "core/indicators/catalogue.h"

namespace bellwether::indicators {

Value unavailable(std::string why);
// `of` is below the minimum base: "births is at most 39, below 200", where `is` is "is at most".
Value below_base(const IndicatorInfo& info, std::string_view of, std::string_view is, double base);

// `factor` × numerator ÷ denominator. No value if the denominator is below the minimum base.
Value ratio(double factor, double numerator, double denominator, const IndicatorInfo& info);

// `what` begins before `known`, the first period of which the panel knows what the formula counts.
Value too_early(std::string_view what, PeriodIndex known, const Panel& panel);

// The first period of which the panel knows all that the formula counts.
PeriodIndex known_from(const IndicatorInfo& info, const Panel& panel);

}  // namespace bellwether::indicators
