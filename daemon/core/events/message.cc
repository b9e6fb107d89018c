#include "core/events/message.h"

#include <algorithm>
#include <initializer_list>
#include <span>
#include <utility>

#include "core/events/wire.h"

namespace bellwether::events {
namespace {

enum class FieldType : uint8_t {
  kUnknown,
  kText,
  kUint64,  // also int64
  kInt32,   // also enums: cut to 32 bits, sign kept
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

constexpr Field text(uint8_t slot) {
  return {FieldType::kText, WireType::kBytes, slot};
}
constexpr Field uint64(uint8_t slot) {
  return {FieldType::kUint64, WireType::kVarint, slot};
}
constexpr Field int32(uint8_t slot) {
  return {FieldType::kInt32, WireType::kVarint, slot};
}
constexpr Field boolean(uint8_t slot) {
  return {FieldType::kBool, WireType::kVarint, slot};
}
constexpr Field real(uint8_t slot) {
  return {FieldType::kDouble, WireType::kFixed64, slot};
}
constexpr Field message(const Schema& schema, uint8_t slot, uint8_t text_slot = 0) {
  return {FieldType::kMessage, WireType::kBytes, slot, text_slot, &schema};
}
constexpr Field kind(const Schema& schema) {
  return {FieldType::kKind, WireType::kBytes, kKindNumber, kKindText, &schema};
}

constexpr Field kUnknownField{};

// A table by field number, of `N` − 1 the highest.
template <size_t N>
constexpr std::array<Field, N> table(std::initializer_list<std::pair<int, Field>> fields) {
  std::array<Field, N> result{};
  for (const auto& [number, field] : fields) result[static_cast<size_t>(number)] = field;
  return result;
}

// Slots of a submessage are counted from its first; number 0 of it is its presence.
constexpr auto kDateFields = table<4>({{1, int32(1)}, {2, int32(2)}, {3, int32(3)}});
constexpr Schema kDate{kDateFields};
constexpr auto kThreeTextFields = table<4>({{1, text(0)}, {2, text(1)}, {3, text(2)}});
constexpr Schema kBusinessRef{kThreeTextFields};
constexpr Schema kActivity{kThreeTextFields};
constexpr Field kActivities{FieldType::kActivities, WireType::kBytes, 0, 0, &kActivity};

constexpr auto kHeartbeatFields =
    table<3>({{1, text(HeartbeatSlots::kSource)}, {2, uint64(HeartbeatSlots::kCompleteTo)}});
constexpr Schema kHeartbeat{kHeartbeatFields};
constexpr auto kRetractedFields =
    table<3>({{1, text(RetractedSlots::kEventId)}, {2, int32(RetractedSlots::kReason)}});
constexpr Schema kRetracted{kRetractedFields};

constexpr auto kRegisteredFields = table<6>({{1, int32(RegisteredSlots::kLegalForm)},
                                             {2, kActivities},
                                             {3, text(RegisteredSlots::kPostcode)},
                                             {4, text(RegisteredSlots::kAreaCode)},
                                             {5, int32(RegisteredSlots::kSizeBand)}});
constexpr Schema kRegistered{kRegisteredFields};
constexpr auto kStatusChangedFields =
    table<3>({{1, int32(StatusChangedSlots::kStatus)}, {2, int32(StatusChangedSlots::kDetail)}});
constexpr Schema kStatusChanged{kStatusChangedFields};
constexpr auto kFilingRecordedFields =
    table<6>({{1, int32(FilingRecordedSlots::kCategory)},
              {2, text(FilingRecordedSlots::kDescription)},
              {3, message(kDate, FilingRecordedSlots::kPeriodEnd)},
              {4, message(kDate, FilingRecordedSlots::kDue)},
              {5, message(kDate, FilingRecordedSlots::kFiled)}});
constexpr Schema kFilingRecorded{kFilingRecordedFields};
constexpr auto kFilingDueFields = table<3>(
    {{1, int32(FilingDueSlots::kCategory)}, {2, message(kDate, FilingDueSlots::kNextDue)}});
constexpr Schema kFilingDue{kFilingDueFields};
constexpr auto kInsolvencyCaseFields =
    table<3>({{1, int32(InsolvencyCaseSlots::kType)}, {2, boolean(InsolvencyCaseSlots::kSolvent)}});
constexpr Schema kInsolvencyCase{kInsolvencyCaseFields};
constexpr auto kStrikeOffNoticeFields =
    table<3>({{1, int32(StrikeOffNoticeSlots::kKind)}, {2, int32(StrikeOffNoticeSlots::kAction)}});
constexpr Schema kStrikeOffNotice{kStrikeOffNoticeFields};
constexpr auto kChargeChangedFields = table<2>({{1, int32(ChargeChangedSlots::kAction)}});
constexpr Schema kChargeChanged{kChargeChangedFields};
constexpr auto kOfficerChangedFields =
    table<3>({{1, int32(OfficerChangedSlots::kRole)}, {2, int32(OfficerChangedSlots::kAction)}});
constexpr Schema kOfficerChanged{kOfficerChangedFields};

constexpr auto kInteractionFields = table<11>({{1, text(InteractionSlots::kCaseId)},
                                               {2, int32(InteractionSlots::kType)},
                                               {3, int32(InteractionSlots::kChannel)},
                                               {4, Field{FieldType::kTopics, WireType::kBytes}},
                                               {5, int32(InteractionSlots::kIntensity)},
                                               {6, int32(InteractionSlots::kMinutes)},
                                               {7, uint64(InteractionSlots::kReceivedAt)},
                                               {8, uint64(InteractionSlots::kFirstResponseAt)},
                                               {9, text(InteractionSlots::kTeam)},
                                               {10, int32(InteractionSlots::kConsent)}});
constexpr Schema kInteraction{kInteractionFields};
constexpr auto kReferralFields = table<4>({{1, int32(ReferralSlots::kState)},
                                           {2, text(ReferralSlots::kTo)},
                                           {3, text(ReferralSlots::kCaseId)}});
constexpr Schema kReferral{kReferralFields};
constexpr auto kOutcomeFields = table<6>({{1, int32(OutcomeSlots::kKind)},
                                          {2, int32(OutcomeSlots::kJobsDelta)},
                                          {3, uint64(OutcomeSlots::kAmountMinor)},
                                          {4, text(OutcomeSlots::kCurrency)},
                                          {5, text(OutcomeSlots::kCaseId)}});
constexpr Schema kOutcome{kOutcomeFields};
constexpr auto kRegulatoryContactFields =
    table<5>({{1, text(RegulatoryContactSlots::kRegime)},
              {2, text(RegulatoryContactSlots::kObligation)},
              {3, int32(RegulatoryContactSlots::kAction)},
              {4, uint64(RegulatoryContactSlots::kResolvedAt)}});
constexpr Schema kRegulatoryContact{kRegulatoryContactFields};
constexpr auto kRedundancyNoticeFields = table<2>({{1, int32(RedundancyNoticeSlots::kJobs)}});
constexpr Schema kRedundancyNotice{kRedundancyNoticeFields};

constexpr auto kAwardFields = table<10>({{1, text(AwardSlots::kOcid)},
                                         {2, int32(AwardSlots::kTag)},
                                         {3, text(AwardSlots::kBuyer)},
                                         {4, uint64(AwardSlots::kValueMinor)},
                                         {5, text(AwardSlots::kCurrency)},
                                         {6, text(AwardSlots::kCpv)},
                                         {7, boolean(AwardSlots::kSme)},
                                         {8, boolean(AwardSlots::kVcse)},
                                         {9, real(AwardSlots::kMatchConfidence)}});
constexpr Schema kAward{kAwardFields};
constexpr auto kFigureFields =
    table<8>({{1, real(FigureSlots::kValue)},
              {2, text(FigureSlots::kUnit)},
              {3, int32(FigureSlots::kFrequency)},
              {4, message(kDate, FigureSlots::kVintage)},
              {5, int32(FigureSlots::kStatus)},
              {6, text(FigureSlots::kAreaCode)},
              {7, message(kActivity, FigureSlots::kHasActivity, FigureSlots::kScheme)}});
constexpr Schema kFigure{kFigureFields};

// What all event messages share, then a topic's own.
template <size_t N>
constexpr std::array<Field, N> event_table(std::initializer_list<std::pair<int, Field>> own) {
  std::array<Field, N> result = table<N>(own);
  result[1] = text(kEventId);
  result[2] = text(kSource);
  result[3] = uint64(kSequence);
  result[5] = message(kDate, kEffectiveDate);
  result[kHeartbeatField] = kind(kHeartbeat);
  result[kRetractedField] = kind(kRetracted);
  return result;
}
constexpr Field kBusiness = message(kBusinessRef, kHasBusiness, kJurisdiction);

constexpr auto kRegistrationEventFields = event_table<25>({{4, kBusiness},
                                                           {16, kind(kRegistered)},
                                                           {17, kind(kRegistered)},
                                                           {18, kind(kStatusChanged)},
                                                           {19, kind(kFilingRecorded)},
                                                           {20, kind(kFilingDue)},
                                                           {21, kind(kInsolvencyCase)},
                                                           {22, kind(kStrikeOffNotice)},
                                                           {23, kind(kChargeChanged)},
                                                           {24, kind(kOfficerChanged)}});
constexpr auto kSupportEventFields =
    event_table<45>({{4, kBusiness},
                     {6, text(kCaseId)},
                     {7, text(kAreaCode)},
                     {8, text(kPostcode)},
                     {9, message(kActivity, kHasActivity, kActivityScheme)},
                     {40, kind(kInteraction)},
                     {41, kind(kReferral)},
                     {42, kind(kOutcome)},
                     {43, kind(kRegulatoryContact)},
                     {44, kind(kRedundancyNotice)}});
constexpr auto kProcurementEventFields = event_table<61>({{4, kBusiness}, {60, kind(kAward)}});
constexpr auto kObservationFields = event_table<71>({{12, text(kSeriesId)}, {70, kind(kFigure)}});

constexpr std::array<Schema, kTopicNames.size()> kEventSchemas = {{
    {kRegistrationEventFields},
    {kSupportEventFields},
    {kProcurementEventFields},
    {kObservationFields},
}};

// Where the fields of the message being read go.
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

  // A field that is unknown here, or known with another wire type: of repeated enums both forms are
  // good, anything else is passed over.
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
