// Bounded waiting: repeats a check until it holds.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace bellwether::testing {

// Calls `done` until it returns true, for at most `seconds`. Returns whether it did.
inline bool eventually(const std::function<bool()>& done, double seconds = 60,
                       std::chrono::milliseconds pause = std::chrono::milliseconds(25)) {
  auto const end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(pause);
  }
  return true;
}

}  // namespace bellwether::testing
