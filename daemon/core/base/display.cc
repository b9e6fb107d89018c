#include "core/base/display.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_format.h"
#include "core/base/utf8.h"

namespace bellwether::base {

size_t display_width(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::string shorten(std::string_view text, size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  size_t bytes = 0;
  for (size_t seen = 0; bytes < text.size(); ++bytes) {
    bool const starts = (static_cast<unsigned char>(text[bytes]) & 0xc0) != 0x80;
    if (starts && ++seen == columns) break;
  }
  return std::string(text.substr(0, bytes)) + "…";
}

namespace {

// `character`: the bytes of one valid UTF-8 character.
bool changes_the_screen(std::string_view character) {
  auto const byte = [&](size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7f;
  if (character.size() == 2) return byte(0) == 0xc2 && byte(1) < 0xa0;  // U+0080 … U+009F
  if (character.size() != 3 || byte(0) != 0xe2) return false;
  if (byte(1) == 0x80) {
    bool const mark = byte(2) == 0x8e || byte(2) == 0x8f;  // U+200E, U+200F
    return mark || (byte(2) >= 0xa8 && byte(2) <= 0xae);   // U+2028 … U+202E
  }
  return byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9;  // U+2066 … U+2069
}

}  // namespace

std::string printable(std::string_view text) {
  constexpr std::string_view kReplacement = "\xef\xbf\xbd";
  std::string out;
  while (!text.empty()) {
    size_t const length = utf8_length(text);
    std::string_view const character = text.substr(0, std::max<size_t>(1, length));
    out += length == 0 || changes_the_screen(character) ? kReplacement : character;
    text.remove_prefix(character.size());
  }
  return out;
}

std::string_view unit_suffix(std::string_view unit) {
  struct Words {
    std::string_view unit;
    std::string_view suffix;
  };
  static constexpr std::array<Words, 8> kWords = {{{"percent", " %"},
                                                   {"points", " percentage points"},
                                                   {"per_10000", " per 10,000"},
                                                   {"ratio", " (ratio)"},
                                                   {"hours", " working hours"},
                                                   {"index", " (index)"},
                                                   {"GBP", " pounds"},
                                                   {kStandardDeviations, " standard deviations"}}};
  auto const found = std::ranges::find(kWords, unit, &Words::unit);
  return found == kWords.end() ? "" : found->suffix;
}

std::string grouped(int64_t number) {
  std::string digits = std::to_string(number);
  for (int i = static_cast<int>(digits.size()) - 3; i > (number < 0 ? 1 : 0); i -= 3) {
    digits.insert(static_cast<size_t>(i), ",");
  }
  return digits;
}

std::string how_often(double times_a_year) {
  constexpr double kYearsMax = 1000;  // longer times would claim too much
  if (times_a_year * kYearsMax < 1)
    return absl::StrFormat("less than once in %.0f years", kYearsMax);
  if (times_a_year >= 1.5) return absl::StrFormat("%.0f times a year", times_a_year);
  if (times_a_year >= 1) return "once a year";
  return absl::StrFormat("once in %.*f years", times_a_year > 0.1 ? 1 : 0, 1 / times_a_year);
}

}  // namespace bellwether::base
