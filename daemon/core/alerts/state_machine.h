// Purpose: computes the next state of one alert from a tick's signal. A hit raises amber. Red needs
// an established change, or repeated large hits. An alert clears only after enough quiet ticks. A
// series that cannot be assessed keeps its alert for a quarter of a year, suspended; a closed
// period changes nothing. An alert that no rule tests any more is closed. Thread safety: pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/alerts/alert.h"
#include "core/alerts/rules.h"
#include "core/base/calendar.h"
#include "core/detection/series.h"

namespace bellwether::alerts {

// While an alert is red, baselines leave out the periods after the onset, for at most this many
// ticks: a count that stays low for two years is the new normal.
int32_t frozen_ticks_max(base::Calendar calendar);
// These periods; nullopt if `open` (null: no open alert) freezes no baseline.
std::optional<detection::PeriodRange> frozen_periods(const AlertUpdate* open,
                                                     base::Calendar calendar);
// An alert that could not be assessed at this many ticks in a row is closed.
int32_t suspended_ticks_max(base::Calendar calendar);

// The result of a rule at one node and one tick.
struct Signal {
  bool assessed = false;
  std::string why_not;       // the reason, if not assessed
  bool closed = false;       // not assessed, because businesses and registers rest in the period
  bool hit = false;          // the condition holds at this tick
  bool established = false;  // strong enough for red alone (CUSUM at its threshold)
  bool large = false;        // deviates enough for red if repeated
  bool provisional = false;  // uses too little data for red
  bool quiet = false;        // the condition for clearing holds at this tick
  bool new_normal = false;   // quiet only because the changed level is the normal one by now
  PeriodIndex onset;
  Evidence evidence;
};

// The signal of a series that is not tested. `suspended`: why the rule tests nothing at this tick;
// `not_assessed`: why the series has no figure. Both empty: its base is below the rule's gates.
Signal untested(std::string_view suspended, std::string_view not_assessed, bool closed = false);

// Returns the alert after the tick, or nullopt if none is open and none begins. `open` is the open
// alert of this rule and node, or null. While an alert is open, every tick gives an update.
std::optional<AlertUpdate> step(const Rule& rule, const AlertKey& key, const AlertUpdate* open,
                                const Signal& signal, PeriodIndex tick, bool historical,
                                base::Calendar calendar);

// Closes an open alert that no rule tests any more. It keeps its last numbers.
AlertUpdate close(const AlertUpdate& open, ClearReason reason);

}  // namespace bellwether::alerts
