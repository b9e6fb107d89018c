// Purpose: division that rounds down, also below zero.
// Thread safety: pure.
#pragma once

#include <concepts>

namespace bellwether::base {

// The largest integer ≤ a ÷ b. REQUIRES: b is not 0.
template <std::signed_integral Int>
constexpr Int floor_div(Int a, Int b) {
  return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}

}  // namespace bellwether::base
