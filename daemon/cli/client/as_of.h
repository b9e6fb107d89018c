// Purpose: questions about the past, and what an answer is based on.
// Thread safety: one thread.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "bellwether/common/v1/common.pb.h"
#include "cli/context.h"

namespace bellwether::cli {

// Adds --as-of to a command.
void add_as_of(CLI::App& command, Context& context);
// Sets what --as-of asks for.
void set_as_of(const Context& context, common::v1::AsOf& to);
// Example: "data through 2026-10, revision 812".
std::string data_through(const common::v1::Basis& basis);
// Prints what figures rest on: that, what was rounded and withheld, working hours, warnings.
void print_basis(const common::v1::Basis& basis);

}  // namespace bellwether::cli
