#include "core/reference/postcode.h"

#include <cctype>

namespace bellwether::reference {
namespace {

constexpr size_t kInwardBytes = 3;  // "1AA"

}  // namespace

std::string_view normal_postcode(std::string_view text, PostcodeBuffer& buffer) {
  size_t n = 0;
  for (char c : text) {
    if (c == ' ') continue;
    auto const u = static_cast<unsigned char>(c);
    if (!std::isalnum(u) || n == kPostcodeBytesMax) return {};
    buffer[n++] = static_cast<char>(std::toupper(u));
  }
  return {buffer.data(), n};
}

bool is_full_postcode(std::string_view normal) {
  if (normal.size() < kInwardBytes + 2) return false;
  std::string_view const inward = normal.substr(normal.size() - kInwardBytes);
  auto const digit = [](char c) { return c >= '0' && c <= '9'; };
  return digit(inward[0]) && !digit(inward[1]) && !digit(inward[2]);
}

std::string_view outward_code(std::string_view normal) {
  return normal.substr(0, normal.size() - kInwardBytes);
}

}  // namespace bellwether::reference
