#include "connect/table/fields.h"

#include <algorithm>
#include <array>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "bellwether/events/v1/common.pb.h"
#include "bellwether/events/v1/observation.pb.h"
#include "bellwether/events/v1/procurement.pb.h"
#include "bellwether/events/v1/registration.pb.h"
#include "bellwether/events/v1/support.pb.h"
#include "core/base/check.h"
#include "core/base/text.h"
#include "core/events/decoder.h"

namespace bellwether::connect::table {
namespace {

namespace pb = google::protobuf;
namespace v1 = bellwether::events::v1;
using base::cat;

// The default message of each topic, in the order of domain::Topic.
const pb::Message& prototype_of(domain::Topic topic) {
  static const std::array<const pb::Message*, domain::kTopicCount> kPrototypes = {
      &v1::RegistrationEvent::default_instance(), &v1::SupportEvent::default_instance(),
      &v1::ProcurementEvent::default_instance(), &v1::Observation::default_instance()};
  return *kPrototypes[static_cast<size_t>(topic)];
}

// The numbers of the fields that a mapping states by keys of its own, in the messages of all
// topics.
constexpr std::array kOwnKeys = {1, 2, 3, static_cast<int>(domain::kHeartbeatField)};

bool has_own_key(const pb::FieldDescriptor& field) {
  bool const of_event = field.containing_type()->FindFieldByName("event_id") != nullptr &&
                        field.containing_type()->FindFieldByName("source") != nullptr;
  return of_event && std::ranges::find(kOwnKeys, field.number()) != kOwnKeys.end();
}

// "SUPPORT_TOPIC_" of SupportTopic: the value 0 of each enum ends in UNSPECIFIED.
std::string prefix_of(const pb::EnumDescriptor& words) {
  std::string const& zero = words.FindValueByNumber(0)->name();
  return zero.substr(0, zero.size() - std::string_view("UNSPECIFIED").size());
}

struct TextLimit {
  std::string_view path;
  size_t bytes_max;
};
constexpr auto kTextLimits = std::to_array<TextLimit>({
    {"event_id", events::kEventIdBytesMax},
    {"source", events::kSourceBytesMax},
    {"business.jurisdiction", events::kBusinessIdBytesMax},
    {"business.register", events::kBusinessIdBytesMax},
    {"business.id", events::kBusinessIdBytesMax},
    {"case_id", events::kBusinessIdBytesMax},
    {"series_id", events::kBusinessIdBytesMax},
    {"retracted.event_id", events::kEventIdBytesMax},
});

constexpr auto kCodeFields = std::to_array<std::string_view>(
    {"interaction.team", "referral.to", "regulatory_contact.regime",
     "regulatory_contact.obligation", "filing_recorded.description", "area_code",
     "registered.area_code", "changed.area_code", "figure.area_code", "figure.unit"});

}  // namespace

const pb::Descriptor& descriptor_of(domain::Topic topic) {
  return *prototype_of(topic).GetDescriptor();
}

std::unique_ptr<pb::Message> new_message(domain::Topic topic) {
  return std::unique_ptr<pb::Message>(prototype_of(topic).New());
}

FieldType type_of(const pb::FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_STRING:
      return FieldType::kText;
    case pb::FieldDescriptor::CPPTYPE_DOUBLE:
    case pb::FieldDescriptor::CPPTYPE_FLOAT:
      return FieldType::kReal;
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      return FieldType::kFlag;
    case pb::FieldDescriptor::CPPTYPE_ENUM:
      return FieldType::kWord;
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
      return field.message_type() == v1::Date::descriptor() ? FieldType::kDay : FieldType::kMessage;
    case pb::FieldDescriptor::CPPTYPE_INT64:
      return field.name().ends_with("_at") ? FieldType::kInstant : FieldType::kInteger;
    default:
      return FieldType::kInteger;
  }
}

absl::StatusOr<const pb::FieldDescriptor*> find_field(const pb::Descriptor& message,
                                                      std::string_view name) {
  std::vector<std::string> known;
  for (int i = 0; i < message.field_count(); ++i) {
    const pb::FieldDescriptor& field = *message.field(i);
    if (has_own_key(field)) continue;
    if (field.name() == name) return &field;
    known.push_back(field.name());
  }
  return absl::NotFoundError(
      cat("no field of ", message.name(), "; it has ", absl::StrJoin(known, ", ")));
}

absl::StatusOr<domain::EventKind> find_kind(domain::Topic topic, std::string_view name) {
  const pb::OneofDescriptor& kinds = *descriptor_of(topic).oneof_decl(0);
  std::vector<std::string> known;
  for (int i = 0; i < kinds.field_count(); ++i) {
    const pb::FieldDescriptor& field = *kinds.field(i);
    if (has_own_key(field)) continue;
    if (field.name() == name) {
      return *domain::kind_of_field(static_cast<uint32_t>(field.number()));
    }
    known.push_back(field.name());
  }
  return absl::NotFoundError(cat("\"", base::excerpt(name), "\" is no kind of the topic ",
                                 domain::name(topic), "; write ", absl::StrJoin(known, ", ")));
}

const pb::FieldDescriptor& field_of(domain::Topic topic, domain::EventKind kind) {
  const auto* field = descriptor_of(topic).FindFieldByNumber(domain::info(kind).field);
  BELLWETHER_CHECK(field != nullptr);
  return *field;
}

absl::StatusOr<int64_t> find_word(const pb::EnumDescriptor& words, std::string_view name) {
  std::string const prefix = prefix_of(words);
  std::vector<std::string> known;
  for (int i = 0; i < words.value_count(); ++i) {
    const pb::EnumValueDescriptor& value = *words.value(i);
    std::string word = word_of(words, value.number());
    if (value.name() == name || word == name) return value.number();
    known.push_back(std::move(word));
  }
  return absl::NotFoundError(cat("\"", base::excerpt(name), "\" is no ", words.name(), "; write ",
                                 absl::StrJoin(known, ", ")));
}

std::string word_of(const pb::EnumDescriptor& words, int64_t number) {
  const auto* value = words.FindValueByNumber(static_cast<int>(number));
  BELLWETHER_CHECK(value != nullptr);
  return absl::AsciiStrToLower(value->name().substr(prefix_of(words).size()));
}

size_t text_bytes_max(std::string_view path) {
  const auto* const found = std::ranges::find(kTextLimits, path, &TextLimit::path);
  return found == kTextLimits.end() ? events::kTextBytesMax : found->bytes_max;
}

bool is_code_field(std::string_view path) {
  return std::ranges::find(kCodeFields, path) != kCodeFields.end();
}

bool is_code(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           std::string_view("-_./:").find(c) != std::string_view::npos;
  });
}

bool fits(const pb::FieldDescriptor& field, int64_t value) {
  switch (field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_INT32:
      return value >= std::numeric_limits<int32_t>::min() &&
             value <= std::numeric_limits<int32_t>::max();
    case pb::FieldDescriptor::CPPTYPE_UINT32:
      return value >= 0 && value <= std::numeric_limits<uint32_t>::max();
    case pb::FieldDescriptor::CPPTYPE_UINT64:
      return value >= 0;
    default:
      return true;
  }
}

namespace {

void set_integer(pb::Message& message, const pb::FieldDescriptor& field, int64_t value) {
  const pb::Reflection& to = *message.GetReflection();
  switch (field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_INT32:
      return to.SetInt32(&message, &field, static_cast<int32_t>(value));
    case pb::FieldDescriptor::CPPTYPE_UINT32:
      return to.SetUInt32(&message, &field, static_cast<uint32_t>(value));
    case pb::FieldDescriptor::CPPTYPE_UINT64:
      return to.SetUInt64(&message, &field, static_cast<uint64_t>(value));
    case pb::FieldDescriptor::CPPTYPE_ENUM:
      return field.is_repeated() ? to.AddEnumValue(&message, &field, static_cast<int>(value))
                                 : to.SetEnumValue(&message, &field, static_cast<int>(value));
    default:
      return to.SetInt64(&message, &field, value);
  }
}

void set_day(pb::Message& message, const pb::FieldDescriptor& field, base::Days day) {
  auto& date = dynamic_cast<v1::Date&>(*message.GetReflection()->MutableMessage(&message, &field));
  base::CivilDate const civil = base::civil_date(day);
  date.set_year(civil.year);
  date.set_month(civil.month);
  date.set_day(civil.day);
}

}  // namespace

void set_field(pb::Message& message, const pb::FieldDescriptor& field, const Scalar& value) {
  const pb::Reflection& to = *message.GetReflection();
  if (const auto* text = std::get_if<std::string>(&value)) {
    to.SetString(&message, &field, *text);
  } else if (const auto* integer = std::get_if<int64_t>(&value)) {
    set_integer(message, field, *integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    to.SetDouble(&message, &field, *real);
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    to.SetBool(&message, &field, *flag);
  } else {
    set_day(message, field, std::get<base::Days>(value));
  }
}

}  // namespace bellwether::connect::table
