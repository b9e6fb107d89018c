#include "core/base/text_file_format.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_format.h"
#include "core/base/text.h"
#include "core/base/utf8.h"

namespace bellwether::base {
namespace {

using std::string_view_literals::operator""sv;

// The bytes at `offset` by which a kind of file is recognised.
struct Signature {
  size_t offset;
  std::string_view bytes;
  std::string_view what;  // as other_format()
};
// Longer signatures are before the shorter ones that they begin with.
constexpr auto kSignatures = std::to_array<Signature>({
    {0, "\xff\xfe\0\0"sv, "the file is UTF-32, not UTF-8; convert it: iconv -f UTF-32 -t UTF-8"},
    {0, "\0\0\xfe\xff"sv, "the file is UTF-32, not UTF-8; convert it: iconv -f UTF-32 -t UTF-8"},
    {0, "\xff\xfe"sv, "the file is UTF-16, not UTF-8; convert it: iconv -f UTF-16 -t UTF-8"},
    {0, "\xfe\xff"sv, "the file is UTF-16, not UTF-8; convert it: iconv -f UTF-16 -t UTF-8"},
    {0, "\x1f\x8b"sv, "the file is compressed by gzip; unpack it: gunzip"},
    {4, "1AY&SY"sv, "the file is compressed by bzip2; unpack it: bunzip2"},
    {0, "\xfd\x37zXZ\0"sv, "the file is compressed by xz; unpack it: unxz"},
    {0, "\x28\xb5\x2f\xfd"sv, "the file is compressed by Zstandard; unpack it: unzstd"},
    {0, "PK\x03\x04"sv,
     "the file is a ZIP archive or an office document; unpack it, or export the sheet as CSV in "
     "UTF-8"},
    {0, "\xd0\xcf\x11\xe0"sv,
     "the file is an office document; open it there and export the sheet as CSV in UTF-8"},
    {0, "%PDF-"sv, "the file is a PDF document; export its table as CSV in UTF-8"},
});

// UTF-16 and UTF-32 without a byte order mark: the first characters of a table are ASCII, so the
// other bytes of each character are zero.
std::string_view wide_encoding(std::string_view bytes) {
  if (bytes.size() < 4) return "";
  std::array<bool, 4> zero{};
  for (size_t i = 0; i < zero.size(); ++i) zero[i] = bytes[i] == '\0';
  using Zeros = std::array<bool, 4>;
  if (zero == Zeros{false, true, false, true}) return "UTF-16LE";
  if (zero == Zeros{true, false, true, false}) return "UTF-16BE";
  if (zero == Zeros{false, true, true, true}) return "UTF-32LE";
  if (zero == Zeros{true, true, true, false}) return "UTF-32BE";
  return "";
}

}  // namespace

std::optional<std::string> other_format(std::string_view bytes) {
  for (const Signature& s : kSignatures) {
    if (bytes.size() >= s.offset && bytes.substr(s.offset).starts_with(s.bytes)) {
      return std::string(s.what);
    }
  }
  std::string_view const wide = wide_encoding(bytes);
  if (wide.empty()) return std::nullopt;
  return cat("the file is ", wide, ", not UTF-8; convert it: iconv -f ", wide, " -t UTF-8");
}

std::optional<NotUtf8> find_not_utf8(std::string_view text) {
  int line = 1;
  while (!text.empty()) {
    auto const byte = static_cast<unsigned char>(text.front());
    if (byte == '\n' || byte == '\r') {
      LineEnds const ends = leading_line_ends(text);
      line += ends.lines;
      text.remove_prefix(ends.bytes);
      continue;
    }
    size_t const length = byte < 0x80 ? 1 : utf8_length(text);
    if (length == 0) {
      return NotUtf8{line, absl::StrFormat("the byte 0x%02X is not UTF-8; convert the file, from "
                                           "Latin-1 for example: iconv -f WINDOWS-1252 -t UTF-8",
                                           byte)};
    }
    text.remove_prefix(length);
  }
  return std::nullopt;
}

LineEnds leading_line_ends(std::string_view text) {
  size_t const returns = std::min(text.find_first_not_of('\r'), text.size());
  if (returns < text.size() && text[returns] == '\n') return {returns + 1, 1};
  return {returns, static_cast<int>(returns)};
}

}  // namespace bellwether::base
