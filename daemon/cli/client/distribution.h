// Purpose: `bellwether indicators distribution`: a figure divided into classes.
// Thread safety: one thread.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/context.h"

namespace bellwether::cli {

void add_distribution(CLI::App& indicators, Context& context);

}  // namespace bellwether::cli
