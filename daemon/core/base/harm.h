// Purpose: which side of the expected is harm: too few births, too many deaths.
// Thread safety: values.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace bellwether::base {

// The number is in snapshots: append only.
enum class Harm : uint8_t { kLow, kHigh };
inline constexpr std::array<std::string_view, 2> kHarmNames = {"low", "high"};

}  // namespace bellwether::base
