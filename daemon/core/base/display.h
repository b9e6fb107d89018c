// Purpose: the width of text on a screen, numbers with thousands separators, and units after
// figures. Thread safety: pure.
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
// The text without what would change the screen around it: control characters, marks that turn the
// direction of writing, and bytes that are not UTF-8 are each replaced by U+FFFD.
std::string printable(std::string_view text);
// Thousands separated: "1,541,268".
std::string grouped(int64_t number);
// The unit of a composite's score, as a name of a unit.
inline constexpr std::string_view kStandardDeviations = "standard_deviations";
// The words after a figure of this unit, which is named as in the API: " %" for "percent". Empty
// for "count" and for an unknown unit.
std::string_view unit_suffix(std::string_view unit);

// A rate in words: "3 times a year", "once in 40 years", "less than once in 1000 years".
std::string how_often(double times_a_year);

}  // namespace bellwether::base
