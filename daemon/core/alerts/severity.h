// Purpose: how much an alert asks of whom. Thread safety: values.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace bellwether::alerts {

// The number stands in the journal: append only.
enum class Severity : uint8_t { kNone, kOps, kAmber, kRed };
inline constexpr std::array<std::string_view, 4> kSeverityNames = {"none", "ops", "amber", "red"};

}  // namespace bellwether::alerts
