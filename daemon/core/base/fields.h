// Purpose: one description of each record. Fields<Record> lists the members of a record. All code
// that writes, reads or prints the record visits this list with each_field(), so no reader or
// writer has its own list. Code with a member missing from the list does not compile.
// Example of a description:
//   template <>
//   struct Fields<alerts::AlertKey> {
//     static constexpr auto list() {
//       return std::tuple{BELLWETHER_FIELD(rule), BELLWETHER_FIELD(area), …};
//     }
//   };
// Thread safety: pure.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace bellwether::base {

enum class FieldKind {
  kOwn,    // stored as one field
  kFlat,   // a record whose fields are stored as fields of the enclosing record
  kApart,  // only in the record in memory; its value is stored elsewhere
};

// A member of a record and its field in a generated protobuf message. The functions are templates,
// so a description depends on no message type.
template <FieldKind Kind, class Of, class Get, class Set, class Mutable>
struct Field {
  static constexpr FieldKind kKind = Kind;
  std::string_view name;
  Of of;               // (record) → the member
  Get get;             // (message) → the value of its field
  Set set;             // (message, value)
  Mutable mutable_of;  // (message) → reference to its nested message or repeated field
};
template <FieldKind Kind, class Of, class Get, class Set, class Mutable>
constexpr Field<Kind, Of, Get, Set, Mutable> make_field(std::string_view name, Of of, Get get,
                                                        Set set, Mutable mutable_of) {
  return {name, of, get, set, mutable_of};
}

#define BELLWETHER_FIELD_OF(kind, member, message_field)                             \
  ::bellwether::base::make_field<::bellwether::base::FieldKind::kind>(               \
      #member, [](auto& record) -> auto& { return record.member; },                  \
      [](const auto& message) -> decltype(auto) { return message.message_field(); }, \
      [](auto& message, const auto& value) { message.set_##message_field(value); },  \
      [](auto& message) -> auto& { return *message.mutable_##message_field(); })
#define BELLWETHER_FIELD(member) BELLWETHER_FIELD_OF(kOwn, member, member)
// The field has another name in the message.
#define BELLWETHER_FIELD_AS(member, message_field) BELLWETHER_FIELD_OF(kOwn, member, message_field)
#define BELLWETHER_FLAT(member) BELLWETHER_FIELD_OF(kFlat, member, member)
#define BELLWETHER_APART(member) BELLWETHER_FIELD_OF(kApart, member, member)

template <class Record>
struct Fields;

template <class Record>
concept Described = requires {
  Fields<Record>::list();
};

// Converts to a member of any type, but not to a whole Record.
template <class Record>
struct AnyMember {
  template <class Member>
  requires(!std::same_as<Member, Record>) operator Member() const {
    __builtin_trap();  // never called: only the conversion type is used
  }
};
// The number of members of an aggregate.
template <class Record, class... Members>
consteval size_t count_members() {
  if constexpr (requires { Record{Members{}..., AnyMember<Record>{}}; }) {
    return count_members<Record, Members..., AnyMember<Record>>();
  } else {
    return sizeof...(Members);
  }
}

// visit(field) for each field of the record, in the order of the description.
template <class Record, class Visit>
constexpr void each_field(Visit&& visit) {
  constexpr auto fields = Fields<Record>::list();
  static_assert(std::tuple_size_v<decltype(fields)> == count_members<Record>(),
                "the description of a record names each of its members once");
  std::apply([&](const auto&... field) { (visit(field), ...); }, fields);
}

// An id or an instant: a number with its own type.
template <class Value>
concept Numbered = requires {
  requires std::integral<decltype(Value::value)>;
};

}  // namespace bellwether::base
