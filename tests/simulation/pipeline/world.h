// Runs a script: one thread, one clock, one broker, and the replicas and watchers around it.
#pragma once

#include <string>

#include "simulation/pipeline/parts.h"
#include "simulation/pipeline/script.h"

namespace bellwether::simulation {

struct RunResult {
  std::string failure;  // empty when every invariant held
  size_t steps = 0;     // taken until then
  uint64_t trace = 0;   // of everything that was decided: equal runs have equal traces
  size_t facts = 0;
  size_t ticks = 0;
  size_t transitions = 0;
  size_t journal = 0;
  size_t crashes = 0;
};

// Runs the script, then heals everything, waits until all have come to rest and audits that.
RunResult run(const Script& script, Parts& parts);

}  // namespace bellwether::simulation
