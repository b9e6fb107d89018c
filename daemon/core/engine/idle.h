// Purpose: when an input at the end of its log counts as past a tick.
// Thread safety: constants.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace bellwether::engine {

enum class Idle : uint8_t {
  kWallClock,  // after idle_after without a record, once the wall clock is past the tick
  kHeartbeat,  // after idle_after without a record, once a heartbeat on another input covers the
               // tick
  kNever,      // only by its own records and heartbeats
};
// The names used in the configuration.
inline constexpr std::array<std::string_view, 3> kIdleNames = {"wall_clock", "heartbeat", "never"};
static_assert(kIdleNames.size() == static_cast<size_t>(Idle::kNever) + 1);

}  // namespace bellwether::engine
