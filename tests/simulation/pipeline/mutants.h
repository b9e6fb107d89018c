// Parts with one deliberate mistake each. The simulator must catch every one.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "simulation/pipeline/parts.h"

namespace bellwether::simulation {

struct Mutant {
  std::string_view name;
  std::unique_ptr<Parts> (*make)();
};

std::span<const Mutant> mutants();
std::span<const Mutant> snapshot_mutants();

}  // namespace bellwether::simulation
