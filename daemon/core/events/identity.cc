#include "core/events/identity.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/base/utf8.h"

namespace bellwether::events {
namespace {

char* write_upper(std::string_view text, char* at) {
  for (char const c : text) *at++ = absl::ascii_toupper(static_cast<unsigned char>(c));
  return at;
}

char* write_lower(std::string_view text, char* at) {
  for (char const c : text) *at++ = absl::ascii_tolower(static_cast<unsigned char>(c));
  return at;
}

// Writes a company number, padded with zeros to kCompanyNumberBytes. The zeros are inserted before
// "123456", and after the "SC" of "SC12345". Another form, or a number that is long enough, is only
// converted to upper case.
char* write_company_number(std::string_view id, char* at) {
  size_t prefix = 0;
  if (!base::all_digits(id)) prefix = 2;
  bool const fits = id.size() > prefix && id.size() < kCompanyNumberBytes &&
                    base::all_digits(id.substr(prefix)) &&
                    (prefix == 0 || absl::ascii_isalpha(static_cast<unsigned char>(id[0])));
  if (!fits) return write_upper(id, at);
  at = write_upper(id.substr(0, prefix), at);
  at = std::fill_n(at, kCompanyNumberBytes - id.size(), '0');
  return write_upper(id.substr(prefix), at);
}

// How a character looks in an id.
enum class Look : uint8_t { kVisible, kBlank, kInvisible };

struct CodePoints {
  uint32_t first;
  uint32_t last;
  Look look;
};
// In order. Blanks have Unicode's property White_Space: tab to carriage return, space, next line,
// no-break space, spaces of many widths, separators, narrow no-break space, ideographic space.
// Invisible are control characters, soft hyphen, zero-width spaces, marks of direction, and the
// byte order mark.
constexpr auto kNotVisible = std::to_array<CodePoints>({
    {0x0000, 0x0008, Look::kInvisible}, {0x0009, 0x000d, Look::kBlank},
    {0x000e, 0x001f, Look::kInvisible}, {0x0020, 0x0020, Look::kBlank},
    {0x007f, 0x0084, Look::kInvisible}, {0x0085, 0x0085, Look::kBlank},
    {0x0086, 0x009f, Look::kInvisible}, {0x00a0, 0x00a0, Look::kBlank},
    {0x00ad, 0x00ad, Look::kInvisible}, {0x1680, 0x1680, Look::kBlank},
    {0x180e, 0x180e, Look::kInvisible}, {0x2000, 0x200a, Look::kBlank},
    {0x200b, 0x200f, Look::kInvisible}, {0x2028, 0x2029, Look::kBlank},
    {0x202a, 0x202e, Look::kInvisible}, {0x202f, 0x202f, Look::kBlank},
    {0x205f, 0x205f, Look::kBlank},     {0x2060, 0x206f, Look::kInvisible},
    {0x3000, 0x3000, Look::kBlank},     {0xfeff, 0xfeff, Look::kInvisible},
});

Look look_of(uint32_t code_point) {
  for (const CodePoints& range : kNotVisible) {
    if (code_point <= range.last) return code_point < range.first ? Look::kVisible : range.look;
  }
  return Look::kVisible;
}

// `character`: one character in UTF-8, or one byte that is none; that byte is visible.
uint32_t code_point(std::string_view character) {
  auto const first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x80 ? first : UINT32_MAX;
  uint32_t out = first & (0x7fu >> character.size());
  for (char const c : character.substr(1)) out = out << 6 | (static_cast<unsigned char>(c) & 0x3f);
  return out;
}

}  // namespace

InnerBlanks blanks_in_numbers(std::string_view register_name) {
  bool const companies =
      absl::EqualsIgnoreCase(base::to_absl(register_name), base::to_absl(kCompaniesHouse));
  return companies ? InnerBlanks::kNone : InnerBlanks::kOneSpace;
}

std::string_view tidied(std::string_view text, InnerBlanks inner, char* buffer) {
  auto const space = [](char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  if (std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; })) return text;
  char* at = buffer;
  bool after_blank = false;
  while (!text.empty()) {
    std::string_view const character = text.substr(0, std::max<size_t>(1, base::utf8_length(text)));
    text.remove_prefix(character.size());
    Look const look = look_of(code_point(character));
    if (look == Look::kVisible) {
      if (after_blank && at != buffer && inner == InnerBlanks::kOneSpace) *at++ = ' ';
      at = std::ranges::copy(character, at).out;
    }
    if (look != Look::kInvisible) after_blank = look == Look::kBlank;
  }
  return {buffer, static_cast<size_t>(at - buffer)};
}

std::string_view write_canonical_id(std::string_view jurisdiction, std::string_view register_name,
                                    std::string_view id, char* buffer) {
  char* at = write_upper(jurisdiction, buffer);
  *at++ = '/';
  char* const begin_register = at;
  at = write_lower(register_name, at);
  std::string_view const written(begin_register, static_cast<size_t>(at - begin_register));
  *at++ = '/';
  at = written == kCompaniesHouse ? write_company_number(id, at) : write_upper(id, at);
  return {buffer, static_cast<size_t>(at - buffer)};
}

std::string canonical_business_id(std::string_view jurisdiction, std::string_view register_name,
                                  std::string_view id) {
  std::array<std::string, 3> rooms = {std::string(jurisdiction), std::string(register_name),
                                      std::string(id)};
  jurisdiction = tidied(jurisdiction, InnerBlanks::kOneSpace, rooms[0].data());
  register_name = tidied(register_name, InnerBlanks::kOneSpace, rooms[1].data());
  id = tidied(id, blanks_in_numbers(register_name), rooms[2].data());
  std::string canonical(
      jurisdiction.size() + register_name.size() + id.size() + 2 + kCompanyNumberBytes, '\0');
  canonical.resize(write_canonical_id(jurisdiction, register_name, id, canonical.data()).size());
  return canonical;
}

BusinessKey business_key(std::string_view canonical_id) {
  return BusinessKey(base::hash64(canonical_id));
}

FactId fact_id(std::string_view source, std::string_view event_id) {
  return FactId(base::hash64(event_id, base::hash64(source)));
}

}  // namespace bellwether::events
