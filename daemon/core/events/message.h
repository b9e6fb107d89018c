// Purpose: parses the event messages of proto/bellwether/events/v1 into views of the record's
// bytes, by protobuf's rules: the last scalar wins, submessages merge, lists append, a later member
// of the oneof replaces an earlier one, unknown fields are skipped. The decoder interprets the
// fields. Invariants: a Message contains views of the bytes from which it was parsed. A text that
// the record does not state is empty, and a number is 0. Thread safety: values.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/events/event.h"

namespace bellwether::events {

// A view without a constructor, so that arrays of it need no initialisation.
struct Text {
  const char* data;
  size_t size;
  std::string_view view() const { return {data, size}; }
  bool empty() const { return size == 0; }
};

using domain::kHeartbeatField;
using domain::kKindFieldMax;
using domain::kKindFieldMin;
using domain::kKindNumbers;
using domain::kKindTexts;
using domain::kRetractedField;
using domain::topic_of_kind_field;
using enum domain::TextSlot;
using enum domain::NumberSlot;
// The slots of every kind's fields.
using namespace domain::slots;

inline constexpr size_t kTexts = kKindText + kKindTexts;
inline constexpr size_t kNumbers = kKindNumber + kKindNumbers;

// One element of a list of activities.
struct ActivityTexts {
  std::array<Text, 3> texts;  // scheme, version, code
};

struct Message {
  static constexpr size_t kListMax = 16;  // elements of a list that are kept; all are counted

  std::array<Text, kTexts> texts;
  std::array<uint64_t, kNumbers> numbers;
  uint32_t kind;          // field number of the oneof's member; 0: none
  uint32_t unknown_kind;  // number of an unknown field in the range of kinds; 0: none
  bool utf8;              // every text is valid UTF-8
  size_t activities;      // of Registered or Changed
  size_t topics;          // of Interaction
  std::array<ActivityTexts, kListMax + 1> activity;  // the last receives elements beyond kListMax
  std::array<int32_t, kListMax> topic;

  std::string_view text(size_t slot) const { return texts[slot].view(); }
  uint64_t number(size_t slot) const { return numbers[slot]; }
  std::string_view kind_text(size_t slot) const { return text(kKindText + slot); }
  // Also for enums. Unknown enum values are kept.
  int64_t kind_number(size_t slot) const {
    return static_cast<int64_t>(numbers[kKindNumber + slot]);
  }
  double kind_double(size_t slot) const {
    return std::bit_cast<double>(numbers[kKindNumber + slot]);
  }
};

// Parses the message type of `topic`. False if protobuf's parser would refuse the bytes for any
// reason except invalid UTF-8. Invalid UTF-8 sets Message::utf8 to false.
bool parse_message(Topic topic, std::string_view bytes, Message& message);

}  // namespace bellwether::events
