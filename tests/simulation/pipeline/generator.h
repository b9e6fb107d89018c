// A seed becomes a script: histories of businesses published by careless sources, and the faults
// and the schedule of the replicas that read them.
#pragma once

#include "simulation/pipeline/script.h"

namespace bellwether::simulation {

Script generate(uint64_t seed);

}  // namespace bellwether::simulation
