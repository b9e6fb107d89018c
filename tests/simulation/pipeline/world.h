// Runs a script: one thread, one clock, one broker, and the replicas and watchers around it.
#pragma once

#include <string>

#include "simulation/pipeline/custody.h"
#include "simulation/pipeline/parts.h"
#include "simulation/pipeline/script.h"

namespace bellwether::simulation {

// What there was to go wrong.
struct Tally {
  size_t records = 0;
  size_t steps = 0;
  size_t crashes = 0;
  size_t journal_records = 0;
  size_t passed_over = 0;  // of those, evaluations that came too late or knew other rules
  size_t went_back = 0;    // accepted evaluations at a cut that lies before the last one
  size_t transitions = 0;
  SnapshotTally snapshots;
  void add(const Tally& other);
};

struct RunResult {
  std::string failure;  // empty when every invariant held
  uint64_t trace = 0;   // of everything that was decided: equal runs have equal traces
  Tally tally;
};

// Runs the script, then heals everything, waits until all have come to rest and audits that.
RunResult run(const Script& script, Parts& parts);

}  // namespace bellwether::simulation
