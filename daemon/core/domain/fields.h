// Purpose: describes the fields of the event messages in proto/bellwether/events/v1 for the tables
// of topics and kinds: the number and type of each field, and the slot of events::Message that
// holds its value.
// Thread safety: values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace bellwether::domain {

enum class FieldType : uint8_t {
  kText,
  kUint64,  // also int64
  kInt32,   // also enums
  kBool,
  kDouble,
  kDate,         // a Date; four number slots: presence, year, month, day
  kBusinessRef,  // a number slot: presence; three text slots: jurisdiction, register, id
  kActivity,     // a number slot: presence; three text slots: scheme, version, code
  kActivities,   // repeated Activity; stored in a separate list
  kTopics,       // repeated enum; stored in a separate list
};

// The number slots and text slots that a field of the type takes.
constexpr size_t numbers_in(FieldType type) {
  switch (type) {
    case FieldType::kUint64:
    case FieldType::kInt32:
    case FieldType::kBool:
    case FieldType::kDouble:
    case FieldType::kBusinessRef:
    case FieldType::kActivity:
      return 1;
    case FieldType::kDate:
      return 4;
    case FieldType::kText:
    case FieldType::kActivities:
    case FieldType::kTopics:
      return 0;
  }
  return 0;
}
constexpr size_t texts_in(FieldType type) {
  switch (type) {
    case FieldType::kText:
      return 1;
    case FieldType::kBusinessRef:
    case FieldType::kActivity:
      return 3;
    default:
      return 0;
  }
}

struct FieldInfo {
  uint8_t number;  // in the message
  FieldType type;
  uint8_t number_slot = 0;  // the first number slot of the field
  uint8_t text_slot = 0;    // the first text slot of the field
};

namespace field {
constexpr FieldInfo text(uint8_t number, uint8_t slot) {
  return {number, FieldType::kText, 0, slot};
}
constexpr FieldInfo uint64(uint8_t number, uint8_t slot) {
  return {number, FieldType::kUint64, slot};
}
constexpr FieldInfo int32(uint8_t number, uint8_t slot) {
  return {number, FieldType::kInt32, slot};
}
constexpr FieldInfo boolean(uint8_t number, uint8_t slot) {
  return {number, FieldType::kBool, slot};
}
constexpr FieldInfo real(uint8_t number, uint8_t slot) {
  return {number, FieldType::kDouble, slot};
}
constexpr FieldInfo date(uint8_t number, uint8_t slot) {
  return {number, FieldType::kDate, slot};
}
constexpr FieldInfo business(uint8_t number, uint8_t slot, uint8_t text_slot) {
  return {number, FieldType::kBusinessRef, slot, text_slot};
}
constexpr FieldInfo activity(uint8_t number, uint8_t slot, uint8_t text_slot) {
  return {number, FieldType::kActivity, slot, text_slot};
}
constexpr FieldInfo activities(uint8_t number) {
  return {number, FieldType::kActivities};
}
constexpr FieldInfo topics(uint8_t number) {
  return {number, FieldType::kTopics};
}
}  // namespace field

// The number of slots that `fields` need: the last slot that a field takes, plus 1.
constexpr size_t number_slots(std::span<const FieldInfo> fields) {
  size_t most = 0;
  for (const FieldInfo& f : fields) {
    if (size_t const n = numbers_in(f.type); n > 0) most = std::max(most, f.number_slot + n);
  }
  return most;
}
constexpr size_t text_slots(std::span<const FieldInfo> fields) {
  size_t most = 0;
  for (const FieldInfo& f : fields) {
    if (size_t const n = texts_in(f.type); n > 0) most = std::max(most, f.text_slot + n);
  }
  return most;
}
constexpr size_t number_max(std::span<const FieldInfo> fields) {
  size_t most = 0;
  for (const FieldInfo& f : fields) most = std::max<size_t>(most, f.number);
  return most;
}

// True if no two fields share a number or a slot.
constexpr bool are_apart(std::span<const FieldInfo> fields) {
  auto const overlap = [](size_t a, size_t a_size, size_t b, size_t b_size) {
    return a < b + b_size && b < a + a_size;
  };
  for (size_t i = 0; i < fields.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      const FieldInfo& a = fields[i];
      const FieldInfo& b = fields[j];
      if (a.number == b.number ||
          overlap(a.number_slot, numbers_in(a.type), b.number_slot, numbers_in(b.type)) ||
          overlap(a.text_slot, texts_in(a.type), b.text_slot, texts_in(b.type))) {
        return false;
      }
    }
  }
  return true;
}

// The slots of a message's fields outside its kind. The slots of a kind's own fields are counted
// from kKindText and kKindNumber.
enum TextSlot : uint8_t {
  kEventId,
  kSource,
  kJurisdiction,
  kRegister,
  kBusinessNumber,
  kCaseId,
  kAreaCode,
  kPostcode,
  kActivityScheme,
  kActivityVersion,
  kActivityCode,
  kSeriesId,
  kKindText,
};
enum NumberSlot : uint8_t {
  kSequence,
  kHasBusiness,
  kEffectiveDate,  // presence, year, month, day
  kHasActivity = kEffectiveDate + 4,
  kKindNumber,
};

}  // namespace bellwether::domain
