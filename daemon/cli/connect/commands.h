// Purpose: the subcommands of `bellwether connect`, one for each connector. Thread safety: one
// thread.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/context.h"

namespace bellwether::cli {

void add_companies_house(CLI::App& app, Context& context);
void add_table(CLI::App& app, Context& context);

}  // namespace bellwether::cli
