#include "core/base/text.h"

#include <algorithm>

#include "core/base/utf8.h"

namespace bellwether::base {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD
constexpr std::string_view kEllipsis = "\xe2\x80\xa6";     // U+2026

// `character`: one valid character. Control characters are U+0000 … U+001F and U+007F … U+009F.
bool is_control(std::string_view character) {
  auto const first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7f;
  return first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
}

}  // namespace

std::string excerpt(std::string_view text, size_t bytes_max) {
  std::string out;
  size_t keep = 0;  // the length of the part of `out` that leaves room for the ellipsis
  while (!text.empty()) {
    size_t const length = utf8_length(text);
    std::string_view const character = text.substr(0, length);
    std::string_view const next = length == 0 || is_control(character) ? kReplacement : character;
    if (out.size() + next.size() > bytes_max) {
      out.resize(keep);
      out += kEllipsis;
      return out;
    }
    out += next;
    if (out.size() + kEllipsis.size() <= bytes_max) keep = out.size();
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return out;
}

}  // namespace bellwether::base
