// Purpose: writes the canonical form of a business's id, without allocation.
// Thread safety: pure.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/events/decoder.h"

namespace bellwether::events {

// Three parts and two slashes. Padding never makes a part longer than its limit.
inline constexpr size_t kCanonicalIdBytesMax = 3 * kBusinessIdBytesMax + 2;

// Company numbers of this register have eight characters. The first two are digits or letters.
inline constexpr std::string_view kCompaniesHouse = "companies-house";
inline constexpr size_t kCompanyNumberBytes = 8;

// `text` without ASCII blanks at its ends.
std::string_view trimmed(std::string_view text);

// Writes the canonical id to `buffer` and returns it. REQUIRES: the parts are trimmed; `buffer` has
// room for the parts, two slashes and kCompanyNumberBytes. kCanonicalIdBytesMax bytes suffice if no
// part is longer than kBusinessIdBytesMax.
std::string_view write_canonical_id(std::string_view jurisdiction, std::string_view register_name,
                                    std::string_view id, char* buffer);

// The key of an enquirer who is on no register: this prefix, then the case id.
inline constexpr std::string_view kCaseKeyPrefix = "case:";

}  // namespace bellwether::events
