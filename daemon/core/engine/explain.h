// Purpose: an alert for a person: the path of its series, recomputed from the panel of a view, and
// what it rests on in words. Thread safety: pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/alerts/alert.h"
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

// A sentence or more each.
using Paragraphs = std::vector<std::string>;
// What turned, since when, how sure, what accounts for it, what to do.
Paragraphs explain(const View& view, const alerts::Alert& alert);
// "Births falling in Manufacturing, Singapore: raised amber for 1997-06: 412 observed, …".
std::string summary(const View& view, const alerts::Transition& transition);

// What a kind of rule traces (rules/rule_kind.h).
struct PathRequest {
  const View& view;  // has data_through
  const alerts::Alert& alert;
  const alerts::Rule& rule;  // of the alert
  indicators::Node node;
  base::PeriodIndex first;
  base::PeriodIndex last;
  // The state of the alert while it is open, else null: what it leaves out of baselines.
  const alerts::AlertUpdate* open() const { return alert.state.open ? &alert.state : nullptr; }
};

// Names for a person; the code itself where the reference has no such code.
std::string area_name(const View& view, std::string_view code);
std::string sector_name(const View& view, std::string_view code);
// "Manufacturing, Singapore".
std::string node_name(const View& view, const alerts::AlertKey& key);
std::string measure_title(std::string_view name);

}  // namespace bellwether::engine
