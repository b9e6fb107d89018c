// Runs a script with one thread, one clock, one broker, and its replicas and watchers.
#pragma once

#include <string>

#include "simulation/pipeline/custody.h"
#include "simulation/pipeline/parts.h"
#include "simulation/pipeline/script.h"

namespace bellwether::simulation {

// Counts of the events in a run, to show what the run exercised.
struct Tally {
  size_t records = 0;
  size_t steps = 0;
  size_t crashes = 0;
  size_t journal_records = 0;
  size_t passed_over = 0;  // evaluations that came too late or used other rules
  size_t went_back = 0;    // accepted evaluations at a cut before the last one
  size_t transitions = 0;
  SnapshotTally snapshots;
  void add(const Tally& other);
};

struct RunResult {
  std::string failure;  // empty if every invariant held
  uint64_t trace = 0;   // a hash of all decisions: equal runs have equal traces
  Tally tally;
};

// Runs the script, repairs all faults, waits until everything is at rest, and audits the result.
RunResult run(const Script& script, Parts& parts);

}  // namespace bellwether::simulation
