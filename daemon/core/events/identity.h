// Purpose: writes the canonical form of a business's id, without allocation.
// Thread safety: pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/events/decoder.h"

namespace bellwether::events {

// Three parts and two slashes. Padding never makes a part longer than its limit.
inline constexpr size_t kCanonicalIdBytesMax = 3 * kBusinessIdBytesMax + 2;

// Company numbers of this register have eight characters. The first two are digits or letters.
inline constexpr std::string_view kCompaniesHouse = "companies-house";
inline constexpr size_t kCompanyNumberBytes = 8;

// Company numbers contain no blanks. The numbers of other registers may ("HRB 12345 B"): there, one
// or more blanks inside a part count as one space.
enum class InnerBlanks : uint8_t { kNone, kOneSpace };
// What the numbers of a register may contain. `register_name` in any case.
InnerBlanks blanks_in_numbers(std::string_view register_name);

// `text` without blanks at its ends, with the inner blanks that `inner` allows, and without control
// characters and invisible characters (zero-width spaces, soft hyphens, marks of direction). Blanks
// are all characters that Unicode calls white space; the no-break space is one. Returns a part of
// `text` if nothing inside it changes; otherwise writes to `buffer`. REQUIRES: `buffer` has room
// for text.size() bytes. Bytes that are not UTF-8 are kept.
std::string_view tidied(std::string_view text, InnerBlanks inner, char* buffer);

// Writes the canonical id to `buffer` and returns it. REQUIRES: the parts are tidied; `buffer` has
// room for the parts, two slashes and kCompanyNumberBytes. kCanonicalIdBytesMax bytes suffice if no
// part is longer than kBusinessIdBytesMax.
std::string_view write_canonical_id(std::string_view jurisdiction, std::string_view register_name,
                                    std::string_view id, char* buffer);

// The key of an enquirer who is on no register: this prefix, then the case id.
inline constexpr std::string_view kCaseKeyPrefix = "case:";

}  // namespace bellwether::events
