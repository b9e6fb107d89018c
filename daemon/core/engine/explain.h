// Purpose: how an alert's series came to where it is: the assessments of its last periods,
// recomputed from the panel of a view. Thread safety: pure.
#pragma once

#include <string>
#include <vector>

#include "core/alerts/book.h"
#include "core/base/calendar.h"
#include "core/engine/view.h"

namespace bellwether::engine {

struct PathPoint {
  base::PeriodIndex period;
  double observed = 0;
  double expected = 0;
  double lower = 0;
  double upper = 0;
  double z = 0;
  double cusum = 0;
  double numerator = 0;  // of a share, else 0
  double denominator = 0;
  double reported = 1;  // share of the period's events that should have been reported; else thinned
  std::string not_assessed;  // why; empty when assessed
};

// From half a year before the change to the view's cut (of a cleared alert: to a quarter after
// clearing), at most `periods`, oldest first, with the data of today: late facts may have changed
// what the alert saw then. Empty for rules that have no detector.
std::vector<PathPoint> trace(const View& view, const alerts::Alert& alert, int periods);

}  // namespace bellwether::engine
