// Purpose: the frame that Confluent's serializers put before a protobuf message: a zero byte, the
// schema id (32 bits, big-endian), then the path of the message in its file: zigzag varints, the
// count first, with the path [0] written as one zero byte. A bare protobuf message cannot begin
// with a zero byte, so the first byte tells the two apart. Thread safety: pure.
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

// The message inside the frame; nothing when the frame is cut short or its path is not [0], the
// place of the event message in each of our files.
inline std::optional<std::string_view> unframe(std::string_view value) {
  if (!is_framed(value) || value.size() < kFrameHeadBytes) return std::nullopt;
  std::string_view const rest = value.substr(kFrameHeadBytes);
  if (rest.starts_with('\0')) return rest.substr(1);
  // [0] in full: zigzag 1, zigzag 0, in as many bytes as the writer liked.
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
