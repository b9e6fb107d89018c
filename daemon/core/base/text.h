// Purpose: builds texts, repeats texts of others safely, and parses numbers from texts. Linux
// distributions build abseil with its own string_view type; to_absl() and from_absl() convert it to
// and from std::string_view. Thread safety: pure.
#pragma once

#include <charconv>
#include <cstddef>
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

// The most bytes of a text of others that a message repeats, unless the caller has another limit.
inline constexpr size_t kExcerptBytesMax = 64;

// A text of others (of a request, a record, another replica), as a message of ours repeats it: one
// line of valid UTF-8 with at most `bytes_max` bytes. Bytes that are not UTF-8 and control
// characters become U+FFFD. A longer text is cut between two characters and ends with "…".
// REQUIRES: bytes_max ≥ 3, the length of "…".
std::string excerpt(std::string_view text, size_t bytes_max = kExcerptBytesMax);

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
