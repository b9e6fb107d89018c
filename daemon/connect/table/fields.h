// Purpose: the fields of the event messages, found in the contract itself
// (proto/bellwether/events), so that a new field can be mapped without a change here. Sets a field
// to a value. Thread safety: pure.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/calendar.h"
#include "core/domain/kinds.h"
#include "core/domain/topics.h"

namespace bellwether::connect::table {

// The topics whose events a table may state.
inline constexpr domain::Topic kTableTopics[] = {
    domain::Topic::kRegistrations, domain::Topic::kSupport, domain::Topic::kObservations};

// What a field holds. Other messages than Date consist of fields.
enum class FieldType : uint8_t {
  kText,
  kInteger,
  kInstant,  // milliseconds since 1970-01-01T00:00:00Z; the names of these fields end in "_at"
  kReal,
  kFlag,
  kWord,  // a value of an enum
  kDay,   // a Date
  kMessage,
};

// A value of a field. kInteger, kInstant and kWord are int64_t.
using Scalar = std::variant<std::string, int64_t, double, bool, base::Days>;

// The message type of a topic.
const google::protobuf::Descriptor& descriptor_of(domain::Topic topic);
std::unique_ptr<google::protobuf::Message> new_message(domain::Topic topic);

FieldType type_of(const google::protobuf::FieldDescriptor& field);

// The field of `message` with this name. Error: NotFound; the message lists the names that exist.
// `event_id`, `source`, `source_sequence` and heartbeats have other places in a mapping and are not
// found.
absl::StatusOr<const google::protobuf::FieldDescriptor*> find_field(
    const google::protobuf::Descriptor& message, std::string_view name);

// The kind of events with this name in the message's oneof, such as "status_changed". Error:
// NotFound; the message lists the kinds of the topic.
absl::StatusOr<domain::EventKind> find_kind(domain::Topic topic, std::string_view name);
// The field of the oneof that holds `kind`.
const google::protobuf::FieldDescriptor& field_of(domain::Topic topic, domain::EventKind kind);

// The number of an enum's value, by its full name (SUPPORT_TOPIC_CASH_FLOW) or without the prefix
// in lower case (cash_flow). Error: NotFound; the message lists the short names.
absl::StatusOr<int64_t> find_word(const google::protobuf::EnumDescriptor& words,
                                  std::string_view name);
// The inverse of find_word(), in the short form.
std::string word_of(const google::protobuf::EnumDescriptor& words, int64_t number);

// The most bytes that the contract allows for a text. `path`: "business.id", "interaction.team".
size_t text_bytes_max(std::string_view path);
// True for texts that the contract calls codes. They come from a desk's own columns, where people
// also write names, so they consist of letters, digits and -_./: only.
bool is_code_field(std::string_view path);
bool is_code(std::string_view text);

// Sets the field, or adds to a repeated one. REQUIRES: `value` is of the field's type, and an
// integer is in its range (fits()).
void set_field(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
               const Scalar& value);
// True if the field can hold the integer.
bool fits(const google::protobuf::FieldDescriptor& field, int64_t value);

}  // namespace bellwether::connect::table
