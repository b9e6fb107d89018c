#include "core/events/message.h"

#include <algorithm>
#include <array>
#include <span>

#include "core/events/wire.h"

namespace bellwether::events {
namespace {

enum class FieldType : uint8_t {
  kUnknown,
  kText,
  kUint64,  // also int64
  kInt32,   // also enums: truncated to 32 bits, then sign-extended
  kBool,
  kDouble,
  kMessage,     // fields in slots of the same Message
  kKind,        // member of the oneof: fields in the slots of the kind
  kActivities,  // repeated Activity
  kTopics,      // repeated enum, packed or not
};

struct Field;
struct Schema {
  std::span<const Field> fields;  // by field number
};
struct Field {
  FieldType type = FieldType::kUnknown;
  WireType wire = WireType::kBytes;
  uint8_t slot = 0;                // of the text, number, or of a submessage's first number
  uint8_t text_slot = 0;           // of a submessage's first text
  const Schema* schema = nullptr;  // of a submessage
};

constexpr Field kUnknownField{};

// The slots of a submessage are counted from its first slot. Its number slot 0 is its presence.
constexpr std::array kDateFields = {kUnknownField, Field{FieldType::kInt32, WireType::kVarint, 1},
                                    Field{FieldType::kInt32, WireType::kVarint, 2},
                                    Field{FieldType::kInt32, WireType::kVarint, 3}};
constexpr Schema kDate{kDateFields};
constexpr std::array kThreeTextFields = {
    kUnknownField, Field{FieldType::kText, WireType::kBytes, 0},
    Field{FieldType::kText, WireType::kBytes, 1}, Field{FieldType::kText, WireType::kBytes, 2}};
constexpr Schema kThreeTexts{kThreeTextFields};  // BusinessRef, Activity

constexpr Field to_field(const domain::FieldInfo& f) {
  switch (f.type) {
    case domain::FieldType::kText:
      return {FieldType::kText, WireType::kBytes, f.text_slot};
    case domain::FieldType::kUint64:
      return {FieldType::kUint64, WireType::kVarint, f.number_slot};
    case domain::FieldType::kInt32:
      return {FieldType::kInt32, WireType::kVarint, f.number_slot};
    case domain::FieldType::kBool:
      return {FieldType::kBool, WireType::kVarint, f.number_slot};
    case domain::FieldType::kDouble:
      return {FieldType::kDouble, WireType::kFixed64, f.number_slot};
    case domain::FieldType::kDate:
      return {FieldType::kMessage, WireType::kBytes, f.number_slot, 0, &kDate};
    case domain::FieldType::kBusinessRef:
    case domain::FieldType::kActivity:
      return {FieldType::kMessage, WireType::kBytes, f.number_slot, f.text_slot, &kThreeTexts};
    case domain::FieldType::kActivities:
      return {FieldType::kActivities, WireType::kBytes, 0, 0, &kThreeTexts};
    case domain::FieldType::kTopics:
      return {FieldType::kTopics, WireType::kBytes};
  }
  return kUnknownField;
}

// The fields of every kind, by number.
constexpr auto kKindFields = [] {
  std::array<std::array<Field, domain::kKindFieldNumberMax + 1>, domain::kKindCount> kinds{};
  for (size_t k = 0; k < domain::kKindCount; ++k) {
    for (const domain::FieldInfo& f : domain::kKinds[k].fields) kinds[k][f.number] = to_field(f);
  }
  return kinds;
}();
constexpr auto kKindSchemas = [] {
  std::array<Schema, domain::kKindCount> schemas;
  for (size_t k = 0; k < domain::kKindCount; ++k) schemas[k] = {kKindFields[k]};
  return schemas;
}();

// The fields of every topic's message, by number: the common ones, its own, and its kinds.
constexpr auto kEventFields = [] {
  std::array<std::array<Field, kKindFieldMax + 1>, domain::kTopicCount> topics{};
  for (size_t t = 0; t < domain::kTopicCount; ++t) {
    for (const domain::FieldInfo& f : domain::kCommonFields) topics[t][f.number] = to_field(f);
    for (const domain::FieldInfo& f : domain::kTopics[t].fields) topics[t][f.number] = to_field(f);
    for (size_t k = 0; k < domain::kKindCount; ++k) {
      const domain::KindInfo& kind = domain::kKinds[k];
      if (kind.topic.value_or(domain::kTopics[t].id) != domain::kTopics[t].id) continue;
      topics[t][kind.field] = {FieldType::kKind, WireType::kBytes, kKindNumber, kKindText,
                               &kKindSchemas[k]};
    }
  }
  return topics;
}();
constexpr auto kEventSchemas = [] {
  std::array<Schema, domain::kTopicCount> schemas;
  for (size_t t = 0; t < domain::kTopicCount; ++t) schemas[t] = {kEventFields[t]};
  return schemas;
}();

// The slots for the fields of the message that is being read.
struct Place {
  Text* texts;
  uint64_t* numbers;
  int nesting;  // levels still allowed below this message
};

class Parser {
 public:
  explicit Parser(Message& out) : out_(out) {}

  bool fields(WireReader reader, const Schema& schema, const Place place) {
    while (!reader.done()) {
      uint32_t tag = 0;
      if (!reader.read_tag(tag)) return false;
      uint32_t const number = field_number(tag);
      const Field& field = number < schema.fields.size() ? schema.fields[number] : kUnknownField;
      bool const known = field.type != FieldType::kUnknown && field.wire == wire_type(tag);
      if (known ? !value(reader, field, number, place) : !other(reader, field, tag, place)) {
        return false;
      }
    }
    return true;
  }

 private:
  bool value(WireReader& reader, const Field& field, uint32_t number, const Place& place) {
    if (field.wire == WireType::kBytes) {
      std::string_view bytes;
      if (!reader.read_bytes(bytes)) return false;
      if (field.type != FieldType::kText) return compound(bytes, field, number, place);
      place.texts[field.slot] = {bytes.data(), bytes.size()};
      out_.utf8 &= is_utf8(bytes);
      return true;
    }
    uint64_t& target = place.numbers[field.slot];
    if (field.wire == WireType::kFixed64) return reader.read_fixed64(target);
    uint64_t raw = 0;
    if (!reader.read_varint(raw)) return false;
    target = field.type == FieldType::kInt32  ? sign_extended(raw)
             : field.type == FieldType::kBool ? uint64_t{raw != 0}
                                              : raw;
    return true;
  }

  bool compound(std::string_view bytes, const Field& field, uint32_t number, const Place& place) {
    WireReader const reader(bytes);
    switch (field.type) {
      case FieldType::kMessage:
        place.numbers[field.slot] = 1;
        return fields(
            reader, *field.schema,
            {place.texts + field.text_slot, place.numbers + field.slot, place.nesting - 1});
      case FieldType::kKind:
        if (out_.kind != number) begin_kind(number);
        return fields(
            reader, *field.schema,
            {place.texts + field.text_slot, place.numbers + field.slot, place.nesting - 1});
      case FieldType::kActivities: {
        ActivityTexts& element = out_.activity[std::min(out_.activities++, Message::kListMax)];
        element = {};
        return fields(reader, *field.schema, {element.texts.data(), nullptr, place.nesting - 1});
      }
      default:
        return packed_topics(reader);
    }
  }

  // Reads a field that is unknown, or that has an unexpected wire type. A repeated enum may be
  // packed or not; any other field is skipped.
  bool other(WireReader& reader, const Field& field, uint32_t tag, const Place& place) {
    if (field.type == FieldType::kTopics && wire_type(tag) == WireType::kVarint) {
      uint64_t raw = 0;
      if (!reader.read_varint(raw)) return false;
      add_topic(raw);
      return true;
    }
    uint32_t const number = field_number(tag);
    if (place.nesting == kNestingMax && wire_type(tag) == WireType::kBytes &&
        number >= kKindFieldMin && number <= kKindFieldMax) {
      out_.unknown_kind = number;
    }
    return reader.skip(tag, place.nesting);
  }

  bool packed_topics(WireReader reader) {
    uint64_t raw = 0;
    while (!reader.done()) {
      if (!reader.read_varint(raw)) return false;
      add_topic(raw);
    }
    return true;
  }
  void add_topic(uint64_t raw) {
    if (out_.topics < Message::kListMax) out_.topic[out_.topics] = static_cast<int32_t>(raw);
    ++out_.topics;
  }

  void begin_kind(uint32_t number) {
    out_.kind = number;
    out_.activities = 0;
    out_.topics = 0;
    for (size_t i = kKindText; i < kTexts; ++i) out_.texts[i] = {nullptr, 0};
    for (size_t i = kKindNumber; i < kNumbers; ++i) out_.numbers[i] = 0;
  }

  static uint64_t sign_extended(uint64_t raw) {
    return static_cast<uint64_t>(int64_t{static_cast<int32_t>(raw)});
  }

  Message& out_;
};

}  // namespace

bool parse_message(Topic topic, std::string_view bytes, Message& message) {
  for (size_t i = 0; i < kKindText; ++i) message.texts[i] = {nullptr, 0};
  for (size_t i = 0; i < kKindNumber; ++i) message.numbers[i] = 0;
  message.kind = 0;
  message.unknown_kind = 0;
  message.utf8 = true;
  message.activities = 0;
  message.topics = 0;
  return Parser(message).fields(WireReader(bytes), kEventSchemas[static_cast<size_t>(topic)],
                                {message.texts.data(), message.numbers.data(), kNestingMax});
}

}  // namespace bellwether::events
