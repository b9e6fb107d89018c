// Purpose: numbers and texts as bytes, little-endian, and back with every length checked.
// Thread safety: values.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace bellwether::snapshot {

static_assert(std::endian::native == std::endian::little, "snapshots are written in the machine's own order");

class ByteWriter {
 public:
  template <class T>
  void fixed(T value) {
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes_.append(raw, sizeof value);
  }
  // Seven bits a byte, the lowest first.
  void number(uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<char>(value | 0x80));
    bytes_.push_back(static_cast<char>(value));
  }
  // Small magnitudes are short, whatever their sign.
  void signed_number(int64_t value) {
    number(static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
  }
  void text(std::string_view value) {
    number(value.size());
    bytes_.append(value);
  }
  void raw(const void* data, size_t size) { bytes_.append(static_cast<const char*>(data), size); }

  size_t size() const { return bytes_.size(); }
  std::string_view view() const { return bytes_; }
  void clear() { bytes_.clear(); }

 private:
  std::string bytes_;
};

// After a read beyond the end, or of a number that does not fit, failed() stays true and all is zero.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  template <class T>
  T fixed() {
    T value{};
    if (const char* const from = take(sizeof value)) std::memcpy(&value, from, sizeof value);
    return value;
  }
  uint64_t number() {
    if (!rest_.empty() && static_cast<uint8_t>(rest_.front()) < 0x80) {  // most are
      auto const value = static_cast<uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      return value;
    }
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const char* const from = take(1);
      if (from == nullptr) return 0;
      auto const byte = static_cast<uint8_t>(*from);
      value |= uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    return fail();
  }
  int64_t signed_number() {
    uint64_t const value = number();
    return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
  }
  // Of a narrower type.
  template <class T>
  T narrow() {
    int64_t const value = signed_number();
    if (static_cast<int64_t>(static_cast<T>(value)) == value) return static_cast<T>(value);
    return static_cast<T>(fail());
  }
  std::string text() {
    uint64_t const size = number();
    if (size > rest_.size()) {
      fail();
      return "";
    }
    return std::string(take(size), size);
  }
  // Null beyond the end.
  const char* take(size_t size) {
    if (size > rest_.size()) {
      fail();
      return nullptr;
    }
    const char* const from = rest_.data();
    rest_.remove_prefix(size);
    return from;
  }
  bool failed() const { return failed_; }
  bool done() const { return rest_.empty(); }
  size_t left() const { return rest_.size(); }

 private:
  uint64_t fail() {
    failed_ = true;
    rest_ = {};
    return 0;
  }
  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace bellwether::snapshot
