// Purpose: checks UTF-8 (RFC 3629). Thread safety: pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace bellwether::base {

// Length in bytes of the first character of `text`. 0 if `text` is empty or does not begin with a
// valid character.
size_t utf8_length(std::string_view text);

}  // namespace bellwether::base
