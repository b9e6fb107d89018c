// Output of the benchmarks, one figure per line: `name value unit`.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string_view>

namespace bellwether::testing {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

inline double best_seconds(int rounds, const std::function<void()>& work) {
  double best = 1e18;
  for (int i = 0; i < rounds; ++i) {
    auto const begin = Clock::now();
    work();
    best = std::min(best, seconds_since(begin));
  }
  return best;
}

inline void print(std::string_view name, double value, const char* unit) {
  std::printf("%.*s %.6g %s\n", static_cast<int>(name.size()), name.data(), value, unit);
  std::fflush(stdout);
}

}  // namespace bellwether::testing
