// Purpose: a figure that can be divided by place: an indicator or a count, of whatever a reading is
// of. Used by by_decile.cc, by_area.cc and by_class.cc. Thread safety: pure functions.
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

// A count is that of the period; there is none of what the register does not tell, or where 0 is
// not known. An indicator has its own formula. `periods`: the length of its window, for the parts
// of a node that of the node's figure, so that their numerators add up to the node's; 0: its own.
Value value_of(const Figure& figure, const Reading& reading, PeriodIndex period, int periods = 0);

}  // namespace bellwether::indicators
