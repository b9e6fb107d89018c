// Purpose: company numbers: their one form, the key of a company's records, and the key of its
// state. Thread safety: pure.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace bellwether::connect::companies_house {

inline constexpr std::string_view kJurisdiction = "GB";

class Number {
 public:
  // The number as the register prints it: eight characters, upper case, padded with zeros
  // ("4142000" becomes "04142000", "sc1234" becomes "SC001234"). nullopt if it is none: two letters
  // or digits, then six digits, or five digits and a letter (societies: "IP12345R").
  static std::optional<Number> parse(std::string_view text);

  std::string_view text() const { return {text_.data(), text_.size()}; }
  // The key of its records: "GB/companies-house/04142000".
  std::string key() const;
  // The key of its state: four bytes for two characters and six digits, otherwise the text. The
  // order of keys is that of numbers.
  std::string_view state_key() const { return {state_key_.data(), state_key_bytes_}; }
  // Inverse of state_key(). nullopt if it is none.
  static std::optional<Number> from_state_key(std::string_view key);

 private:
  static constexpr size_t kBytes = 8;
  Number() = default;
  void set_state_key();
  std::array<char, kBytes> text_{};
  std::array<char, kBytes> state_key_{};
  size_t state_key_bytes_ = 0;
};

}  // namespace bellwether::connect::companies_house
