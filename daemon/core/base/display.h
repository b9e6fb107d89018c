// Purpose: text in columns of a screen, and numbers as people write them.
// Thread safety: pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bellwether::base {

// Columns on a screen: characters of UTF-8, not bytes.
size_t display_width(std::string_view text);
// `text`, cut to `columns` with an ellipsis where it is wider.
std::string shorten(std::string_view text, size_t columns);
// Thousands separated: "1,541,268".
std::string grouped(int64_t number);

}  // namespace bellwether::base
