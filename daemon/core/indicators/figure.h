// Purpose: a figure that can be divided by place: an indicator or a count, of whatever a reading is
// of. Used by by_decile.cc and by_area.cc. Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "core/indicators/catalogue.h"
#include "core/indicators/reading.h"

namespace bellwether::indicators {

using Figure = std::variant<Indicator, Measure>;

// Why the figure cannot be divided; empty if it can. `by`: "decile".
std::string why_undivided(const Figure& figure, std::string_view by);

// A count is that of the period; an indicator has its own formula and window.
Value value_of(const Figure& figure, const Reading& reading, PeriodIndex period);

}  // namespace bellwether::indicators
