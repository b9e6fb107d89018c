// Purpose: builds texts, and parses numbers from texts. Linux distributions build abseil with its
// own string_view type; to_absl() and from_absl() convert it to and from std::string_view. Thread
// safety: pure.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace bellwether::base {

inline absl::string_view to_absl(std::string_view text) {
  return {text.data(), text.size()};
}
inline std::string_view from_absl(absl::string_view text) {
  return {text.data(), text.size()};
}

template <class T>
decltype(auto) piece(const T& x) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    return to_absl(x);
  } else {
    return (x);
  }
}

// Concatenates the arguments, which are numbers or texts.
template <class... A>
std::string cat(const A&... a) {
  return absl::StrCat(piece(a)...);
}
template <class... A>
void append(std::string& to, const A&... a) {
  absl::StrAppend(&to, piece(a)...);
}

// True if `text` consists of decimal digits only. False if it is empty.
inline bool all_digits(std::string_view text) {
  for (char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return !text.empty();
}

// Parses the whole text as a number. nullopt if it is not a number or is outside the range of Int.
template <class Int>
std::optional<Int> parse_number(std::string_view text) {
  Int value{};
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

}  // namespace bellwether::base
