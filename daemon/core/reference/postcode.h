// Purpose: the normal form of UK postcodes. Thread safety: pure.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace bellwether::reference {

inline constexpr size_t kPostcodeBytesMax = 8;  // "SW1A1AA" has seven
using PostcodeBuffer = std::array<char, kPostcodeBytesMax>;

// Writes `text` to `buffer` in upper case and without blanks. Empty if it is not a postcode.
std::string_view normal_postcode(std::string_view text, PostcodeBuffer& buffer);

// Of a postcode in normal form. A full one ends with an inward code: a digit and two letters.
bool is_full_postcode(std::string_view normal);
// What precedes the inward code. REQUIRES: is_full_postcode(normal).
std::string_view outward_code(std::string_view normal);

}  // namespace bellwether::reference
