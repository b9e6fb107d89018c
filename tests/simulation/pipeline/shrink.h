// A failing script becomes a small one that still fails.
#pragma once

#include <functional>

#include "simulation/pipeline/script.h"

namespace bellwether::simulation {

// Leaves out steps, in ever smaller runs of them, while the script still fails; gives up after
// `attempts_max` attempts.
Script shrink(Script script, const std::function<bool(const Script&)>& fails, int attempts_max);

}  // namespace bellwether::simulation
