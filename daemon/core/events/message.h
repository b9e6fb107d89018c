// Purpose: the four event messages of proto/bellwether/events/v1 as views into the record's bytes,
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

// Where a Message keeps what. A submessage takes consecutive slots, and of the numbers one before
// its fields that says that it is there. The slots of a kind are counted from kKindText and
// kKindNumber.
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
inline constexpr size_t kKindTexts = 5;
inline constexpr size_t kTexts = kKindText + kKindTexts;

enum NumberSlot : uint8_t {
  kSequence,
  kHasBusiness,
  kEffectiveDate,  // present, year, month, day
  kHasActivity = kEffectiveDate + 4,
  kKindNumber,
};
inline constexpr size_t kKindNumbers = 13;
inline constexpr size_t kNumbers = kKindNumber + kKindNumbers;

struct HeartbeatSlots {
  enum : uint8_t { kSource };      // texts
  enum : uint8_t { kCompleteTo };  // numbers
};
struct RetractedSlots {
  enum : uint8_t { kEventId };
  enum : uint8_t { kReason };
};
struct RegisteredSlots {  // and Changed
  enum : uint8_t { kPostcode, kAreaCode };
  enum : uint8_t { kLegalForm, kSizeBand };
};
struct StatusChangedSlots {
  enum : uint8_t { kStatus, kDetail };
};
struct FilingRecordedSlots {
  enum : uint8_t { kDescription };
  enum : uint8_t { kCategory, kPeriodEnd, kDue = kPeriodEnd + 4, kFiled = kDue + 4 };
};
struct FilingDueSlots {
  enum : uint8_t { kCategory, kNextDue };
};
struct InsolvencyCaseSlots {
  enum : uint8_t { kType, kSolvent };
};
struct StrikeOffNoticeSlots {
  enum : uint8_t { kKind, kAction };
};
struct ChargeChangedSlots {
  enum : uint8_t { kAction };
};
struct OfficerChangedSlots {
  enum : uint8_t { kRole, kAction };
};
struct InteractionSlots {
  enum : uint8_t { kCaseId, kTeam };
  enum : uint8_t { kType, kChannel, kIntensity, kMinutes, kReceivedAt, kFirstResponseAt, kConsent };
};
struct ReferralSlots {
  enum : uint8_t { kTo, kCaseId };
  enum : uint8_t { kState };
};
struct OutcomeSlots {
  enum : uint8_t { kCurrency, kCaseId };
  enum : uint8_t { kKind, kJobsDelta, kAmountMinor };
};
struct RegulatoryContactSlots {
  enum : uint8_t { kRegime, kObligation };
  enum : uint8_t { kAction, kResolvedAt };
};
struct RedundancyNoticeSlots {
  enum : uint8_t { kJobs };
};
struct AwardSlots {
  enum : uint8_t { kOcid, kBuyer, kCurrency, kCpv };
  enum : uint8_t { kTag, kValueMinor, kSme, kVcse, kMatchConfidence };
};
struct FigureSlots {
  enum : uint8_t { kUnit, kAreaCode, kScheme, kVersion, kCode };
  enum : uint8_t { kValue, kFrequency, kVintage, kStatus = kVintage + 4, kHasActivity };
};

// Field numbers of the oneof. These two are every topic's; of the others each topic has a range.
inline constexpr uint32_t kHeartbeatField = 10;
inline constexpr uint32_t kRetractedField = 11;
inline constexpr uint32_t kKindFieldMin = 16;
inline constexpr uint32_t kKindFieldMax = 79;
constexpr Topic topic_of_kind_field(uint32_t number) {
  return number < 40   ? Topic::kRegistrations
         : number < 60 ? Topic::kSupport
         : number < 70 ? Topic::kProcurement
                       : Topic::kObservations;
}

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
