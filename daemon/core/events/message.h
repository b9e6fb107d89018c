// Purpose: the event messages of proto/bellwether/events/v1 as views into the record's bytes,
// after protobuf's rules: the last scalar wins, submessages merge, lists append, a later member of
// the oneof replaces an earlier one, unknown fields are passed over. What the fields mean is the
// decoder's business. Invariants: a Message holds views into the bytes it was parsed from. A text
// or number that the record does not state is empty or 0. Thread safety: values.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/events/event.h"

namespace bellwether::events {

// A view that costs nothing to leave uninitialised.
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
  uint32_t unknown_kind;  // number of an unknown field where the kinds are; 0: none
  bool utf8;              // every text is valid UTF-8
  size_t activities;      // of Registered or Changed
  size_t topics;          // of Interaction
  std::array<ActivityTexts, kListMax + 1> activity;  // the last is room for those not kept
  std::array<int32_t, kListMax> topic;

  std::string_view text(size_t slot) const { return texts[slot].view(); }
  uint64_t number(size_t slot) const { return numbers[slot]; }
  std::string_view kind_text(size_t slot) const { return text(kKindText + slot); }
  // Also of enums, whose unknown values are kept.
  int64_t kind_number(size_t slot) const {
    return static_cast<int64_t>(numbers[kKindNumber + slot]);
  }
  double kind_double(size_t slot) const {
    return std::bit_cast<double>(numbers[kKindNumber + slot]);
  }
};

// Parses the message type of `topic`. False where protobuf's parser would refuse the bytes for
// anything but UTF-8; invalid UTF-8 clears Message::utf8.
bool parse_message(Topic topic, std::string_view bytes, Message& message);

}  // namespace bellwether::events
