// Purpose: figures by the parts of an area, and what none of them holds. A fact whose place is not
// known counts in the whole geography only, so it shows here, as the unknown class of the root, and
// is never spread over the parts. Invariant: the classes of a count add up to the figure of the
// node. Thread safety: pure functions.
#pragma once

#include <string>
#include <vector>

#include "core/indicators/catalogue.h"
#include "core/indicators/figure.h"
#include "core/indicators/panel.h"

namespace bellwether::indicators {

// If a greater share of the births of the last year has no place, the figures of places lack too
// much. With fewer births than the minimum, a share says little.
inline constexpr double kUnplacedShareMax = 0.05;
inline constexpr double kUnplacedBirthsMin = 100;

// A part of the node's area: a child, or a member of a set that lies in no other member.
struct AreaClass {
  AreaId area;
  Value value;
};

struct AreaDistribution {
  std::vector<AreaClass> parts;  // in the order of the areas file
  Value unknown;                 // what is in none of the parts; of a set, nothing is
  Value node;
  std::string not_available;  // why there is no distribution; empty if there is one
  bool node_is_leaf = false;  // that is why
};
// Each class by the figure's own formula. Not available for a leaf, nor for a figure that
// why_undivided() names.
AreaDistribution distribution_by_area(const Figure& figure, const Panel& panel, Node node,
                                      PeriodIndex period, const LateReports& late);

// The births of the year up to `period` whose place is not known (numerator), among all
// (denominator). The value is their share; 0 without births, or if the geography has no parts.
Value unplaced_births(const Panel& panel, PeriodIndex period);
// True if so many that people must be told.
bool is_much_unplaced(const Value& unplaced);

}  // namespace bellwether::indicators
