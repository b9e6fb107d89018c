#include "connect/companies_house/number.h"

#include <algorithm>
#include <cstdint>

#include "core/base/text.h"
#include "core/events/identity.h"

namespace bellwether::connect::companies_house {
namespace {

constexpr size_t kPrefix = 2;
constexpr uint32_t kDigitsEnd = 1'000'000;
constexpr uint32_t kCharacters = 36;
constexpr size_t kPackedBytes = 4;
// Longer texts are no company numbers, whatever padding and blanks they have.
constexpr size_t kTextBytesMax = events::kBusinessIdBytesMax;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return c >= 'A' && c <= 'Z';
}
uint32_t value_of(char c) {
  return static_cast<uint32_t>(is_digit(c) ? c - '0' : c - 'A' + 10);
}
char character(uint32_t value) {
  return static_cast<char>(value < 10 ? '0' + value : 'A' + value - 10);
}

}  // namespace

std::optional<Number> Number::parse(std::string_view text) {
  if (text.empty() || text.size() > kTextBytesMax) return std::nullopt;
  std::array<char, kTextBytesMax> room;
  std::string_view const tidy = events::tidied(text, events::InnerBlanks::kNone, room.data());
  if (tidy.empty()) return std::nullopt;
  std::array<char, events::kCanonicalIdBytesMax> buffer;
  std::string_view canonical =
      events::write_canonical_id(kJurisdiction, events::kCompaniesHouse, tidy, buffer.data());
  canonical.remove_prefix(kJurisdiction.size() + events::kCompaniesHouse.size() + 2);
  if (canonical.size() != kBytes) return std::nullopt;
  Number out;
  std::ranges::copy(canonical, out.text_.begin());
  for (size_t i = 0; i < kBytes; ++i) {
    char const c = out.text_[i];
    bool const may_be_letter = i < kPrefix || i + 1 == kBytes;
    if (!is_digit(c) && !(may_be_letter && is_letter(c))) return std::nullopt;
  }
  if (!is_digit(out.text_[kBytes - 1]) && !is_letter(out.text_[0])) return std::nullopt;
  out.set_state_key();
  return out;
}

void Number::set_state_key() {
  if (!is_digit(text_[kBytes - 1])) {
    state_key_ = text_;
    state_key_bytes_ = kBytes;
    return;
  }
  uint32_t digits = 0;
  for (size_t i = kPrefix; i < kBytes; ++i) digits = digits * 10 + value_of(text_[i]);
  uint32_t const packed =
      (value_of(text_[0]) * kCharacters + value_of(text_[1])) * kDigitsEnd + digits;
  for (size_t i = 0; i < kPackedBytes; ++i) {
    state_key_[i] = static_cast<char>(packed >> (8 * (kPackedBytes - 1 - i)));
  }
  state_key_bytes_ = kPackedBytes;
}

std::optional<Number> Number::from_state_key(std::string_view key) {
  if (key.size() == kBytes) return parse(key);
  if (key.size() != kPackedBytes) return std::nullopt;
  uint32_t packed = 0;
  for (char const c : key) packed = packed << 8 | static_cast<unsigned char>(c);
  uint32_t const prefix = packed / kDigitsEnd;
  if (prefix >= kCharacters * kCharacters) return std::nullopt;
  Number out;
  out.text_[0] = character(prefix / kCharacters);
  out.text_[1] = character(prefix % kCharacters);
  uint32_t digits = packed % kDigitsEnd;
  for (size_t i = kBytes; i-- > kPrefix; digits /= 10) {
    out.text_[i] = static_cast<char>('0' + digits % 10);
  }
  out.set_state_key();
  return out;
}

std::string Number::key() const {
  return base::cat(kJurisdiction, "/", events::kCompaniesHouse, "/", text());
}

}  // namespace bellwether::connect::companies_house
