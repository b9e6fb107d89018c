// Purpose: `bellwether alerts why-not`: what a rule saw at a node at the last tick, and why there
// is no alert. Thread safety: one thread.
#pragma once

#include "cli/context.h"

namespace bellwether::cli {

// Adds the command to `alerts`.
void add_why_not(CLI::App& alerts, Context& context);

}  // namespace bellwether::cli
