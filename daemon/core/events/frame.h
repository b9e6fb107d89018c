// Purpose: reads the frame that Confluent's serializers put before a protobuf message: a zero byte,
// the schema id (32 bits, big-endian), then the path of the message in its file. The path is a
// count and that many indexes, all zigzag varints; the path [0] may be written as one zero byte. A
// bare protobuf message cannot begin with a zero byte, so the first byte distinguishes the two.
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/events/wire.h"

namespace bellwether::events {

inline constexpr size_t kFrameHeadBytes = 5;  // zero byte and schema id

constexpr bool is_framed(std::string_view value) {
  return !value.empty() && value[0] == '\0';
}

// The message inside the frame. nullopt if the frame is truncated, or if its path is not [0]. The
// path [0] is the first message of a file; in our files it is the event message.
inline std::optional<std::string_view> unframe(std::string_view value) {
  if (!is_framed(value) || value.size() < kFrameHeadBytes) return std::nullopt;
  std::string_view const rest = value.substr(kFrameHeadBytes);
  if (rest.starts_with('\0')) return rest.substr(1);
  // [0] in full: the count 1 and the index 0 as zigzag varints. The varints may be non-minimal.
  constexpr uint64_t kZigzagOne = 2;
  WireReader reader(rest);
  uint64_t count = 0;
  uint64_t index = 0;
  if (!reader.read_varint(count)) return std::nullopt;
  if (count == kZigzagOne && !reader.read_varint(index)) return std::nullopt;
  if ((count != 0 && count != kZigzagOne) || index != 0) return std::nullopt;
  return rest.substr(rest.size() - reader.left());
}

}  // namespace bellwether::events
