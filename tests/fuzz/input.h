// Reads numbers and texts from the front of libFuzzer's bytes. After the last byte, numbers are 0
// and texts are empty, so every input is valid.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bellwether::fuzz {

class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  bool done() const { return rest_.empty(); }
  uint8_t byte() { return static_cast<uint8_t>(number(1)); }
  // A little-endian number of `bytes` bytes.
  uint64_t number(size_t bytes) {
    uint64_t value = 0;
    std::string_view const taken = text(bytes);
    for (size_t i = 0; i < taken.size(); ++i) {
      value |= uint64_t{static_cast<uint8_t>(taken[i])} << (8 * i);
    }
    return value;
  }
  // The next `bytes` bytes, or the rest if there are fewer.
  std::string_view text(size_t bytes) {
    std::string_view const taken = rest_.substr(0, bytes);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  // The text up to the next form feed. Form feeds separate texts and are not part of them.
  std::string_view part() {
    std::string_view const taken = text(std::min(rest_.find('\f'), rest_.size()));
    text(1);
    return taken;
  }
  std::string_view rest() { return text(rest_.size()); }

 private:
  std::string_view rest_;
};

}  // namespace bellwether::fuzz
