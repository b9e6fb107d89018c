// Makes a failing script smaller; the result still fails.
#pragma once

#include <functional>

#include "simulation/pipeline/script.h"

namespace bellwether::simulation {

// Removes runs of steps, shorter and shorter ones, while the script still fails. Gives up after
// `attempts_max` attempts.
Script shrink(Script script, const std::function<bool(const Script&)>& fails, int attempts_max);

}  // namespace bellwether::simulation
