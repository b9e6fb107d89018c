// Purpose: the width of text on a screen, and numbers with thousands separators.
// Thread safety: pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bellwether::base {

// Columns that `text` takes on a screen: its UTF-8 characters, not its bytes.
size_t display_width(std::string_view text);
// Truncates `text` to `columns` if it is wider. The last column is then an ellipsis.
std::string shorten(std::string_view text, size_t columns);
// Thousands separated: "1,541,268".
std::string grouped(int64_t number);

}  // namespace bellwether::base
