// Makes numbers and series from an input's bytes, and aborts if a result is unsound.
#pragma once

#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "fuzz/input.h"

namespace bellwether::fuzz {

// A whole number in low … high, from two bytes.
inline int whole(Input& input, int low, int high) {
  return low + static_cast<int>(input.number(2) % static_cast<uint64_t>(high - low + 1));
}

// A number in low … high, limits included, from two bytes.
inline double within(Input& input, double low, double high) {
  double const share = static_cast<double>(input.number(2)) / 65535;
  return share < 1 ? low + share * (high - low) : high;
}

// At most `length` numbers. A byte up to 239 is a number. A byte of 240 … 254 repeats the last
// number 15, 30, … 225 times. 255 precedes a full T: an integer of either sign, or a double of any
// bits, NaN included.
template <class T>
std::vector<T> series(Input& input, size_t length) {
  constexpr uint8_t kRepeat = 240;
  constexpr uint8_t kInFull = 255;
  std::vector<T> out;
  while (!input.done() && out.size() < length) {
    uint8_t const byte = input.byte();
    if (byte == kInFull) {
      if constexpr (sizeof(T) == sizeof(double)) {
        out.push_back(std::bit_cast<double>(input.number(8)));
      } else {
        out.push_back(static_cast<T>(input.number(sizeof(T))));
      }
    } else if (byte >= kRepeat) {
      size_t const times = size_t{byte} - kRepeat + 1;
      T const last = out.empty() ? T{} : out.back();
      out.insert(out.end(), std::min(15 * times, length - out.size()), last);
    } else {
      out.push_back(static_cast<T>(byte));
    }
  }
  return out;
}

// `wrong`: an error from support/sound_*.h. Aborts unless it is empty.
inline void check_sound(const std::string& wrong) {
  if (wrong.empty()) return;
  std::fprintf(stderr, "unsound: %s\n", wrong.c_str());
  std::abort();
}

}  // namespace bellwether::fuzz
