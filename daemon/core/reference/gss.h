// Purpose: what the codes of the Government Statistical Service say of an area of the United
// Kingdom: its nation, and whether it is a neighbourhood. Other codes say nothing. Thread safety:
// pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace bellwether::reference {

inline constexpr size_t kGssBytes = 9;  // "E08000025"

// 'E', 'W', 'S' or 'N' of such a code; nullopt for any other code.
inline std::optional<char> nation_of(std::string_view code) {
  constexpr std::string_view kNations = "EWSN";
  bool const is_gss =
      code.size() == kGssBytes && kNations.find(code[0]) != kNations.npos &&
      std::ranges::all_of(code.substr(1), [](char c) { return c >= '0' && c <= '9'; });
  return is_gss ? std::optional(code[0]) : std::nullopt;
}

// A lower layer super output area (LSOA) of England or Wales.
inline bool is_lsoa(std::string_view code) {
  return nation_of(code) && (code.starts_with("E01") || code.starts_with("W01"));
}

// What to do about an LSOA that the areas do not have.
inline constexpr std::string_view kLsoaYears =
    "LSOAs that were split or merged in 2021 have other codes than those of 2011; only unchanged "
    "ones (U in the table of changes) are in both";

}  // namespace bellwether::reference
