// Makes a script from a seed: histories of businesses that careless sources publish, the faults,
// and the schedule of the replicas that read them.
#pragma once

#include "simulation/pipeline/script.h"

namespace bellwether::simulation {

Script generate(uint64_t seed);

}  // namespace bellwether::simulation
