// Purpose: reads protobuf's wire format forward from bytes in memory, without copy or allocation.
// It accepts exactly the bytes that protobuf's own parser accepts. These include non-minimal
// varints, overflowing bits (dropped) and unknown groups (skipped). Thread safety: values. Every
// read returns false at the first malformed byte; the reader must not be used after that.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace bellwether::events {

enum class WireType : uint8_t {
  kVarint = 0,
  kFixed64 = 1,
  kBytes = 2,
  kStartGroup = 3,
  kEndGroup = 4,
  kFixed32 = 5,
};

// Maximum depth of nested messages and groups, without the outermost message. As in protobuf.
inline constexpr int kNestingMax = 100;

constexpr uint32_t field_number(uint32_t tag) {
  return tag >> 3;
}
constexpr WireType wire_type(uint32_t tag) {
  return static_cast<WireType>(tag & 7);
}

class WireReader {
 public:
  explicit WireReader(std::string_view bytes)
      : at_(reinterpret_cast<const uint8_t*>(bytes.data())), end_(at_ + bytes.size()) {}

  bool done() const { return at_ == end_; }
  size_t left() const { return static_cast<size_t>(end_ - at_); }

  // At most five bytes; bits above 32 are dropped.
  bool read_tag(uint32_t& tag) {
    if (at_ != end_ && *at_ < 0x80) {
      tag = *at_++;
      return true;
    }
    uint64_t value = 0;
    if (!read_varint_of(5, value)) return false;
    tag = static_cast<uint32_t>(value);
    return true;
  }

  // At most ten bytes; bits above 64 are dropped.
  bool read_varint(uint64_t& value) {
    if (at_ != end_ && *at_ < 0x80) {
      value = *at_++;
      return true;
    }
    return read_varint_of(10, value);
  }

  // Little-endian.
  bool read_fixed64(uint64_t& value) {
    if (end_ - at_ < 8) return false;
    value = 0;
    for (int i = 0; i < 8; ++i) value |= uint64_t{at_[i]} << (8 * i);
    at_ += 8;
    return true;
  }

  // Reads a length of at most five bytes, then that many bytes.
  bool read_bytes(std::string_view& bytes) {
    uint64_t size = 0;
    if (at_ != end_ && *at_ < 0x80) {
      size = *at_++;
    } else if (!read_varint_of(5, size)) {
      return false;
    }
    if (size > static_cast<uint64_t>(end_ - at_)) return false;
    bytes = {reinterpret_cast<const char*>(at_), static_cast<size_t>(size)};
    at_ += size;
    return true;
  }

  // Skips the value of the field with the tag `tag`. `nesting` more levels are allowed. A group
  // ends with the end tag of its own number.
  bool skip(uint32_t tag, int nesting) {
    if (field_number(tag) == 0) return false;
    uint64_t number = 0;
    std::string_view bytes;
    switch (wire_type(tag)) {
      case WireType::kVarint:
        return read_varint(number);
      case WireType::kFixed64:
        return pass(8);
      case WireType::kBytes:
        return read_bytes(bytes);
      case WireType::kStartGroup:
        return skip_group(field_number(tag), nesting - 1);
      case WireType::kFixed32:
        return pass(4);
      case WireType::kEndGroup:
        return false;
    }
    return false;
  }

 private:
  bool read_varint_of(int bytes_max, uint64_t& value) {
    uint64_t result = 0;
    for (int i = 0; i < bytes_max; ++i) {
      if (at_ == end_) return false;
      uint64_t const byte = *at_++;
      result |= (byte & 0x7f) << (7 * i);
      if (byte < 0x80) {
        value = result;
        return true;
      }
    }
    return false;
  }
  bool pass(int bytes) {
    if (end_ - at_ < bytes) return false;
    at_ += bytes;
    return true;
  }
  bool skip_group(uint32_t number, int nesting) {
    if (nesting < 0) return false;
    uint32_t tag = 0;
    while (read_tag(tag)) {
      if (wire_type(tag) == WireType::kEndGroup) return field_number(tag) == number;
      if (!skip(tag, nesting)) return false;
    }
    return false;
  }

  const uint8_t* at_;
  const uint8_t* end_;
};

// True if `text` is well-formed UTF-8 by the Unicode standard, table 3-7: no overlong forms, no
// surrogates, nothing above U+10FFFF.
bool is_utf8_beyond_ascii(std::string_view text);
inline bool is_utf8(std::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  const char* at = text.data();
  size_t left = text.size();
  uint64_t high = 0;
  for (; left >= 8; at += 8, left -= 8) {
    uint64_t word = 0;
    std::memcpy(&word, at, 8);
    high |= word;
  }
  for (; left > 0; ++at, --left) high |= static_cast<uint8_t>(*at);
  return (high & kHighBits) == 0 || is_utf8_beyond_ascii(text);
}

}  // namespace bellwether::events
