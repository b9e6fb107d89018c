#include "core/base/utf8.h"

#include <cstdint>

namespace bellwether::base {
namespace {

struct Lead {
  int more;                  // number of continuation bytes; −1: not a lead byte
  uint8_t first_min = 0x80;  // range of the first continuation byte; the others are 80 … BF
  uint8_t first_max = 0xbf;
};

Lead lead(uint8_t byte) {
  if (byte < 0x80) return {0};
  if (byte < 0xc2) return {-1};
  if (byte < 0xe0) return {1};
  if (byte == 0xe0) return {2, 0xa0, 0xbf};
  if (byte == 0xed) return {2, 0x80, 0x9f};
  if (byte < 0xf0) return {2};
  if (byte == 0xf0) return {3, 0x90, 0xbf};
  if (byte < 0xf4) return {3};
  if (byte == 0xf4) return {3, 0x80, 0x8f};
  return {-1};
}

}  // namespace

size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  auto const byte = [text](size_t i) { return static_cast<uint8_t>(text[i]); };
  Lead const l = lead(byte(0));
  if (l.more < 0 || text.size() <= static_cast<size_t>(l.more)) return 0;
  for (size_t i = 1; i <= static_cast<size_t>(l.more); ++i) {
    uint8_t const low = i == 1 ? l.first_min : 0x80;
    uint8_t const high = i == 1 ? l.first_max : 0xbf;
    if (byte(i) < low || byte(i) > high) return 0;
  }
  return static_cast<size_t>(l.more) + 1;
}

}  // namespace bellwether::base
