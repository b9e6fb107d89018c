// Purpose: what reference files hold, and what in them is allowed but probably a mistake, in words
// for the person who wrote them. Thread safety: pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/reference/reference.h"

namespace bellwether::reference {

// So many areas are named in one doubt; of the others only the number.
inline constexpr size_t kNamedMax = 10;

struct Review {
  std::vector<std::string> contents;  // one line for each kind of file
  std::vector<std::string> doubts;    // one line for each kind of mistake
};

Review review(const Reference& reference);

}  // namespace bellwether::reference
