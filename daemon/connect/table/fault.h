// Purpose: why a row of a table is refused: one table of reasons, which summaries count.
// Thread safety: values.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace bellwether::connect::table {

enum class Reason : uint8_t {
  kRow,
  kValue,
  kCode,
  kMissing,
  kText,
  kDate,
  kClockSkew,
  kIdReused,
  kIdTwice,
  kContract,
};
inline constexpr std::array<std::string_view, 10> kReasonWords = {
    "no row",     "wrong value", "unknown code",  "missing value", "wrong text",
    "wrong date", "clock skew",  "id used again", "id twice",      "not in the contract",
};
constexpr std::string_view word(Reason reason) {
  return kReasonWords[static_cast<size_t>(reason)];
}

struct Fault {
  Reason reason{};
  std::string what;  // what is wrong, and what to do
};

}  // namespace bellwether::connect::table
