// Purpose: one step of one alert: what a tick's signal makes of it. Amber on a hit, red when the
// change is established, cleared only after a quiet while; a series that cannot be assessed keeps
// its alert, one that nothing tests any more does not. Thread safety: pure.
#pragma once

#include <optional>
#include <string>

#include "core/alerts/alert.h"
#include "core/alerts/rules.h"
#include "core/base/calendar.h"

namespace bellwether::alerts {

// While red, a baseline leaves out what follows the onset, at most this long: what stays low for
// two years is the new normal.
int32_t frozen_ticks_max(base::Calendar calendar);

// What a rule found at one node at one tick.
struct Signal {
  bool assessed = false;
  std::string why_not;       // when not assessed
  bool hit = false;          // the condition holds at this tick
  bool established = false;  // strong enough for red by itself (CUSUM at its threshold)
  bool large = false;        // far enough from the expected for red by repetition
  bool provisional = false;  // rests on too little for red
  bool quiet = false;        // the condition for clearing holds at this tick
  PeriodIndex onset;
  Evidence evidence;
};

// The alert after the tick: nullopt when there is none and nothing begins. `open` is the open alert
// of this rule and node, or null. The result is an update for every tick on which an alert is open.
std::optional<AlertUpdate> step(const Rule& rule, const AlertKey& key, const AlertUpdate* open,
                                const Signal& signal, PeriodIndex tick, bool historical,
                                base::Calendar calendar);

// The open alert after a tick at which nothing tests it any more: cleared, its figures as they were
// last.
AlertUpdate close(const AlertUpdate& open, ClearReason reason);

}  // namespace bellwether::alerts
