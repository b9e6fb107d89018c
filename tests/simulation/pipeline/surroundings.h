// The environment of a process, which outlives the process.
#pragma once

#include <string>
#include <vector>

#include "simulation/pipeline/auditor.h"
#include "simulation/pipeline/broker.h"
#include "simulation/pipeline/parts.h"
#include "simulation/pipeline/simulated_disk.h"

namespace bellwether::simulation {

struct Surroundings {
  const Setup& setup;
  Broker& broker;
  Auditor& auditor;
  Parts& parts;
  SimulatedDisk& disk;
  const UnixMillis& now;     // the wall clock
  const int64_t& steady_ms;  // monotonic
};

// Periods kept in detail. All events lie within them, so no event joins the opening balance.
inline int32_t history_periods(base::Calendar calendar) {
  return 6 * calendar.periods_per_year();
}

}  // namespace bellwether::simulation
