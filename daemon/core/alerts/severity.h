// Purpose: the severity of an alert.
// Thread safety: values.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace bellwether::alerts {

// The journal stores the number: append only.
enum class Severity : uint8_t { kNone, kOps, kAmber, kRed };
inline constexpr std::array<std::string_view, 4> kSeverityNames = {"none", "ops", "amber", "red"};

}  // namespace bellwether::alerts
