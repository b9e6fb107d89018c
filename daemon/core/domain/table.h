// Purpose: compile-time checks that a constexpr array has one row for each enumerator, in the order
// of the enumerators' numbers. Then the id of a row is its index, and code with a missing row does
// not compile. Thread safety: pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace bellwether::domain {

// True if `value` is a named enumerator of its type. In __PRETTY_FUNCTION__, compilers write "value
// = Topic::kSupport" for an enumerator, and "value = (Topic)7" or "value = 7" for any other number.
template <auto value>
consteval bool is_enumerator() {
  constexpr std::string_view kMark = "value = ";
  constexpr std::string_view kName = __PRETTY_FUNCTION__;
  constexpr char kFirst = kName[kName.find(kMark) + kMark.size()];
  return kFirst != '(' && kFirst != '-' && (kFirst < '0' || kFirst > '9');
}

// True if row i of `rows` has the id i for all rows, and no enumerator follows the id of the last
// row.
template <const auto& rows>
consteval bool is_complete() {
  for (size_t i = 0; i < rows.size(); ++i) {
    if (static_cast<size_t>(rows[i].id) != i) return false;
  }
  using Id = decltype(rows[0].id);
  return !is_enumerator<static_cast<Id>(rows.size())>();
}

// True if no two rows have the same value of `column`, a pointer to a member.
template <class Rows, class Column>
constexpr bool all_differ(const Rows& rows, Column column) {
  for (size_t i = 0; i < rows.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (rows[i].*column == rows[j].*column) return false;
    }
  }
  return true;
}

}  // namespace bellwether::domain
