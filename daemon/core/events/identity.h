// Purpose: the canonical spelling of a business's id, written without allocation.
// Thread safety: pure.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/events/decoder.h"

namespace bellwether::events {

// Three parts and two strokes; padding never makes a part longer than its limit.
inline constexpr size_t kCanonicalIdBytesMax = 3 * kBusinessIdBytesMax + 2;

// Company numbers of this register have eight characters, the first two digits or letters.
inline constexpr std::string_view kCompaniesHouse = "companies-house";
inline constexpr size_t kCompanyNumberBytes = 8;

// `text` without ASCII blanks at its ends.
std::string_view trimmed(std::string_view text);

// The canonical id, written to `buffer`. The parts are trimmed. `buffer` has room for them, two
// strokes and kCompanyNumberBytes; where the parts keep to their limits kCanonicalIdBytesMax do.
std::string_view write_canonical_id(std::string_view jurisdiction, std::string_view register_name,
                                    std::string_view id, char* buffer);

// The key of an enquirer who is on no register is this and the case's id.
inline constexpr std::string_view kCaseKeyPrefix = "case:";

}  // namespace bellwether::events
