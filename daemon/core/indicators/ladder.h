// Purpose: where to reach out first. The inclusion gap of an area is the sum of what its parts
// contribute, so the parts with the most negative contributions open it most. A part's contribution
// tells how many more businesses in its deprived places would have to be supported to close its
// share of the gap.
// Thread safety: pure functions.
#pragma once

#include <string>
#include <vector>

#include "core/indicators/catalogue.h"
#include "core/indicators/panel.h"

namespace bellwether::indicators {

// A part of the node's area: a child that is not a leaf, or a member of a set.
struct LadderStep {
  AreaId area;
  double supported = 0;     // businesses supported in deciles 1–3
  double stock = 0;         // businesses there
  double contribution = 0;  // to the gap, in points
  double more = 0;          // so many more supported businesses would make the contribution 0
  bool withheld = false;    // `supported` is not told; contribution and `more` are as if it were 0
};

struct Ladder {
  Value gap;                      // inclusion_gap of the node; without it there are no steps
  double stock = 0;               // businesses of the node in known deciles
  std::vector<LadderStep> steps;  // the most negative contribution first
  double rest = 0;                // the contribution of deprived places in none of the parts
};

// The contributions and the rest add up to the gap. No steps if the parts of the area are leaves,
// which are too small to tell.
Ladder ladder(const Panel& panel, Node node, PeriodIndex period, const LateReports& late);

// The same as it may be told (disclosure.h): counts are rounded, `more` up; small counts are
// withheld, and then the rest is 0; nothing is told if the gap may not be.
Ladder disclosed(const Ladder& exact, Value told_gap);

}  // namespace bellwether::indicators
