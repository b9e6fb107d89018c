// Purpose: the harmful direction of a deviation from the expected count: low (too few births) or
// high (too many deaths).
// Thread safety: values.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace bellwether::base {

// Snapshots contain the numbers, so only append.
enum class Harm : uint8_t { kLow, kHigh };
inline constexpr std::array<std::string_view, 2> kHarmNames = {"low", "high"};

}  // namespace bellwether::base
