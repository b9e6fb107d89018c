// Purpose: writes numbers and texts as little-endian bytes, and reads them with a check of every
// length.
// Thread safety: values.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace bellwether::base {

static_assert(std::endian::native == std::endian::little,
              "snapshots and packed records are written in the byte order of the machine");

class ByteWriter {
 public:
  template <class T>
  void fixed(T value) {
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes_.append(raw, sizeof value);
  }
  // A variable-length number: seven bits per byte, the lowest bits first.
  void number(uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<char>(value | 0x80));
    bytes_.push_back(static_cast<char>(value));
  }
  // Zigzag encoding: numbers near zero are short, positive or negative.
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

// After a read past the end, or of a number that does not fit its type, failed() stays true and
// every read returns zero.
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
    if (rest_.size() >= 2) {  // most numbers have one byte or two
      auto const first = static_cast<uint8_t>(rest_[0]);
      auto const second = static_cast<uint8_t>(rest_[1]);
      if (first < 0x80 || second < 0x80) {
        rest_.remove_prefix(first < 0x80 ? 1 : 2);
        return first < 0x80 ? first : (first & 0x7fu) | uint64_t{second} << 7;
      }
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
  int64_t signed_number() { return signed_of(number()); }
  // Fills `to`. Most counts are small, so eight numbers of one byte each are read at a time if
  // possible.
  void signed_numbers(std::span<int64_t> to) {
    constexpr size_t kAtOnce = 8;
    for (size_t i = 0; i < to.size();) {
      uint64_t eight = 0;
      if (to.size() - i >= kAtOnce && rest_.size() >= sizeof eight) {
        std::memcpy(&eight, rest_.data(), sizeof eight);
        if ((eight & 0x8080'8080'8080'8080u) == 0) {
          for (size_t k = 0; k < kAtOnce; ++k) to[i + k] = signed_of(eight >> 8 * k & 0x7f);
          rest_.remove_prefix(sizeof eight);
          i += kAtOnce;
          continue;
        }
      }
      to[i++] = signed_number();
    }
  }
  // A number of a narrower type. Fails if the number does not fit.
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
  // Null after a read past the end.
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
  static int64_t signed_of(uint64_t value) {
    return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
  }
  uint64_t fail() {
    failed_ = true;
    rest_ = {};
    return 0;
  }
  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace bellwether::base
