// Purpose: which bytes are UTF-8 (RFC 3629). Thread safety: pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace bellwether::base {

// Bytes of the character that the text begins with; 0 if it is empty or begins with none.
size_t utf8_length(std::string_view text);

}  // namespace bellwether::base
