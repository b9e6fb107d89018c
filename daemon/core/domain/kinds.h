// Purpose: the table of event kinds, one row per kind: its field number in the messages, its
// fields, its rank in the order of a record's facts, and whether the ledger keeps its facts.
// Parser, decoder, ledger and metrics use this table.
// Thread safety: the table is constant.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/domain/fields.h"
#include "core/domain/table.h"
#include "core/domain/topics.h"

namespace bellwether::domain {

// What happened. Snapshots and digests contain the numbers, so only append.
enum class EventKind : uint8_t {
  kHeartbeat,
  kRegistered,
  kChanged,
  kStatusChanged,
  kFilingRecorded,
  kFilingDue,
  kInsolvencyCase,
  kStrikeOffNotice,
  kChargeChanged,
  kOfficerChanged,
  kInteraction,
  kReferral,
  kOutcome,
  kRegulatoryContact,
  kRedundancyNotice,
  kAward,
  kObservation,
  kRetracted,
};

// Values of Event::code, by kind. 0 means not stated.
enum class Status : uint8_t { kUnstated, kLive, kCeased };  // kLive: still on the register
// What a status says of a business that is still on the register.
enum class Standing : uint8_t {
  kSound,
  kStrikeOffProposed,  // active, with a proposal to strike it off
  kInProcedure,        // liquidation, receivership, arrangement, insolvency proceedings or
                       // administration
};
enum class Insolvency : uint8_t {
  kUnstated,
  kCreditors,  // a creditors' procedure that has no value of its own
  kSolvent,    // a members' voluntary liquidation
  kCompulsoryLiquidation,
  kCreditorsVoluntary,
  kAdministration,
  kVoluntaryArrangement,
  kReceivership,
};
enum class StrikeOff : uint8_t { kUnstated, kCompulsory, kVoluntary, kDiscontinued };
enum class Charge : uint8_t { kUnstated, kCreated, kSatisfied };
enum class Officer : uint8_t { kUnstated, kAppointed, kResigned };  // kUnstated: not a director
enum class Filing : uint8_t { kUnstated, kAccounts, kConfirmationStatement, kOther };
enum class ReferralState : uint8_t { kUnstated, kOpened, kAccepted, kCompleted, kDeclined };
enum class OutcomeKind : uint8_t {
  kUnstated,
  kStartedTrading,
  kJobsCreated,
  kJobsSafeguarded,
  kFinanceRaised,
  kGrantAwarded,
  kExportStarted,
  kProductLaunched,
  kObligationMet,
  kCeasedTrading,
  kOther,
};
// Why a fact was retracted, as RetractionReason of common.proto. kOther: one that this build does
// not know.
enum class RetractionReason : uint8_t {
  kUnstated,
  kError,
  kDuplicate,
  kReassigned,
  kErasure,
  kOther
};
inline constexpr std::array<std::string_view, 6> kRetractionReasonNames = {
    "not_stated", "error", "duplicate", "reassigned", "erasure", "other"};
inline constexpr size_t kRetractionReasons = kRetractionReasonNames.size();
static_assert(kRetractionReasons == static_cast<size_t>(RetractionReason::kOther) + 1);

// Types of interactions, as in InteractionType of support.proto. kOther: a type that this build
// does not know. kRefused: the enquirer refused the use of the interaction, so its type is not
// kept.
enum class InteractionType : uint8_t {
  kUnstated,
  kEnquiry,
  kAdvice,
  kDiagnostic,
  kWorkshop,
  kFollowUp,
  kOther,
  kRefused
};
// A source that states no types has its interactions counted as enquiries.
constexpr bool is_enquiry(InteractionType type) {
  return type == InteractionType::kEnquiry || type == InteractionType::kUnstated;
}

// Families of support topics. Event::code of an interaction is a bit set with the bits 1 << family.
enum class TopicFamily : uint8_t {
  kDistress,
  kStartUp,
  kFinance,
  kCompliance,
  kGrowth,
  kPeople,
  kInnovation,
  kOther
};
inline constexpr size_t kTopicFamilies = 8;

// --- fields --------------------------------------------------------------------------------------

// For each kind: its text slots if it has any, then its number slots, then its fields.
namespace slots {

struct HeartbeatSlots {
  enum : uint8_t { kSource };
  enum : uint8_t { kCompleteTo };
  static constexpr std::array kFields = {field::text(1, kSource), field::uint64(2, kCompleteTo)};
};
struct RetractedSlots {
  enum : uint8_t { kEventId };
  enum : uint8_t { kReason };
  static constexpr std::array kFields = {field::text(1, kEventId), field::int32(2, kReason)};
};
struct RegisteredSlots {  // also used for Changed
  enum : uint8_t { kPostcode, kAreaCode };
  enum : uint8_t { kLegalForm, kSizeBand };
  static constexpr std::array kFields = {field::int32(1, kLegalForm), field::activities(2),
                                         field::text(3, kPostcode), field::text(4, kAreaCode),
                                         field::int32(5, kSizeBand)};
};
struct StatusChangedSlots {
  enum : uint8_t { kStatus, kDetail };
  static constexpr std::array kFields = {field::int32(1, kStatus), field::int32(2, kDetail)};
};
struct FilingRecordedSlots {
  enum : uint8_t { kDescription };
  enum : uint8_t { kCategory, kPeriodEnd, kDue = kPeriodEnd + 4, kFiled = kDue + 4 };
  static constexpr std::array kFields = {field::int32(1, kCategory), field::text(2, kDescription),
                                         field::date(3, kPeriodEnd), field::date(4, kDue),
                                         field::date(5, kFiled)};
};
struct FilingDueSlots {
  enum : uint8_t { kCategory, kNextDue, kPeriodEnd = kNextDue + 4 };
  static constexpr std::array kFields = {field::int32(1, kCategory), field::date(2, kNextDue),
                                         field::date(3, kPeriodEnd)};
};
struct InsolvencyCaseSlots {
  enum : uint8_t { kType, kSolvent };
  static constexpr std::array kFields = {field::int32(1, kType), field::boolean(2, kSolvent)};
};
struct StrikeOffNoticeSlots {
  enum : uint8_t { kKind, kAction };
  static constexpr std::array kFields = {field::int32(1, kKind), field::int32(2, kAction)};
};
struct ChargeChangedSlots {
  enum : uint8_t { kAction };
  static constexpr std::array kFields = {field::int32(1, kAction)};
};
struct OfficerChangedSlots {
  enum : uint8_t { kRole, kAction };
  static constexpr std::array kFields = {field::int32(1, kRole), field::int32(2, kAction)};
};
struct InteractionSlots {
  enum : uint8_t { kCaseId, kTeam };
  enum : uint8_t { kType, kChannel, kIntensity, kMinutes, kReceivedAt, kFirstResponseAt, kConsent };
  static constexpr std::array kFields = {
      field::text(1, kCaseId),       field::int32(2, kType),
      field::int32(3, kChannel),     field::topics(4),
      field::int32(5, kIntensity),   field::int32(6, kMinutes),
      field::uint64(7, kReceivedAt), field::uint64(8, kFirstResponseAt),
      field::text(9, kTeam),         field::int32(10, kConsent)};
};
struct ReferralSlots {
  enum : uint8_t { kTo, kCaseId };
  enum : uint8_t { kState };
  static constexpr std::array kFields = {field::int32(1, kState), field::text(2, kTo),
                                         field::text(3, kCaseId)};
};
struct OutcomeSlots {
  enum : uint8_t { kCurrency, kCaseId };
  enum : uint8_t { kKind, kJobsDelta, kAmountMinor };
  static constexpr std::array kFields = {field::int32(1, kKind), field::int32(2, kJobsDelta),
                                         field::uint64(3, kAmountMinor), field::text(4, kCurrency),
                                         field::text(5, kCaseId)};
};
struct RegulatoryContactSlots {
  enum : uint8_t { kRegime, kObligation };
  enum : uint8_t { kAction, kResolvedAt };
  static constexpr std::array kFields = {field::text(1, kRegime), field::text(2, kObligation),
                                         field::int32(3, kAction), field::uint64(4, kResolvedAt)};
};
struct RedundancyNoticeSlots {
  enum : uint8_t { kJobs };
  static constexpr std::array kFields = {field::int32(1, kJobs)};
};
struct AwardSlots {
  enum : uint8_t { kOcid, kBuyer, kCurrency, kCpv };
  enum : uint8_t { kTag, kValueMinor, kSme, kVcse, kMatchConfidence };
  static constexpr std::array kFields = {
      field::text(1, kOcid),         field::int32(2, kTag),     field::text(3, kBuyer),
      field::uint64(4, kValueMinor), field::text(5, kCurrency), field::text(6, kCpv),
      field::boolean(7, kSme),       field::boolean(8, kVcse),  field::real(9, kMatchConfidence)};
};
struct FigureSlots {
  enum : uint8_t { kUnit, kAreaCode, kScheme, kVersion, kCode };
  enum : uint8_t { kValue, kFrequency, kVintage, kStatus = kVintage + 4, kHasActivity };
  static constexpr std::array kFields = {field::real(1, kValue),
                                         field::text(2, kUnit),
                                         field::int32(3, kFrequency),
                                         field::date(4, kVintage),
                                         field::int32(5, kStatus),
                                         field::text(6, kAreaCode),
                                         field::activity(7, kHasActivity, kScheme)};
};

}  // namespace slots

// --- the table -----------------------------------------------------------------------------------

enum class Keeping : uint8_t {
  kIfCounted,  // the ledger keeps its facts if a measure counts them; else they count as unused
  kAlways,     // the ledger keeps its facts: they change a business's state, count together with
               // other facts (ledger/pairs.h), or retract a fact
};

struct KindInfo {
  EventKind id;
  std::string_view name;       // in metrics
  std::optional<Topic> topic;  // nullopt: every topic has this kind
  uint8_t field;               // number in the message's oneof
  // Orders the facts of one day in a record, and the versions of a fact with the same sequence. No
  // file contains the rank. But a snapshot is refused if its facts are not in this order, so the
  // order of two kinds must never change.
  uint8_t rank;
  Keeping keeping;
  std::span<const FieldInfo> fields;
};

inline constexpr uint8_t kLastRank = UINT8_MAX;  // wins among versions with the same sequence

inline constexpr auto kKinds = [] {
  using namespace slots;
  using enum EventKind;
  using enum Keeping;
  constexpr Topic kRegister = Topic::kRegistrations;
  return std::to_array<KindInfo>({
      {kHeartbeat, "heartbeat", std::nullopt, 10, 0, kIfCounted, HeartbeatSlots::kFields},
      {kRegistered, "registered", kRegister, 16, 1, kAlways, RegisteredSlots::kFields},
      {kChanged, "changed", kRegister, 17, 2, kAlways, RegisteredSlots::kFields},
      {kStatusChanged, "status_changed", kRegister, 18, 3, kAlways, StatusChangedSlots::kFields},
      {kFilingRecorded, "filing_recorded", kRegister, 19, 4, kAlways, FilingRecordedSlots::kFields},
      {kFilingDue, "filing_due", kRegister, 20, 5, kAlways, FilingDueSlots::kFields},
      {kInsolvencyCase, "insolvency_case", kRegister, 21, 6, kIfCounted,
       InsolvencyCaseSlots::kFields},
      {kStrikeOffNotice, "strike_off_notice", kRegister, 22, 7, kIfCounted,
       StrikeOffNoticeSlots::kFields},
      {kChargeChanged, "charge_changed", kRegister, 23, 8, kIfCounted, ChargeChangedSlots::kFields},
      {kOfficerChanged, "officer_changed", kRegister, 24, 9, kIfCounted,
       OfficerChangedSlots::kFields},
      {kInteraction, "interaction", Topic::kSupport, 40, 10, kAlways, InteractionSlots::kFields},
      {kReferral, "referral", Topic::kSupport, 41, 11, kAlways, ReferralSlots::kFields},
      {kOutcome, "outcome", Topic::kSupport, 42, 12, kIfCounted, OutcomeSlots::kFields},
      {kRegulatoryContact, "regulatory_contact", Topic::kSupport, 43, 13, kIfCounted,
       RegulatoryContactSlots::kFields},
      {kRedundancyNotice, "redundancy_notice", Topic::kSupport, 44, 14, kIfCounted,
       RedundancyNoticeSlots::kFields},
      {kAward, "award", Topic::kProcurement, 60, 15, kIfCounted, AwardSlots::kFields},
      {kObservation, "observation", Topic::kObservations, 70, 16, kIfCounted, FigureSlots::kFields},
      {kRetracted, "retracted", std::nullopt, 11, kLastRank, kAlways, RetractedSlots::kFields},
  });
}();
inline constexpr size_t kKindCount = kKinds.size();
static_assert(is_complete<kKinds>());
static_assert(all_differ(kKinds, &KindInfo::name));
static_assert(all_differ(kKinds, &KindInfo::field));
static_assert(all_differ(kKinds, &KindInfo::rank));

constexpr const KindInfo& info(EventKind kind) {
  return kKinds[static_cast<size_t>(kind)];
}
constexpr std::string_view name(EventKind kind) {
  return info(kind).name;
}
static_assert(info(EventKind::kRetracted).rank == kLastRank);

// The ranks have their own array because they are looked up for every fact of a record.
inline constexpr auto kRanks = [] {
  std::array<uint8_t, kKindCount> ranks{};
  for (size_t i = 0; i < kKindCount; ++i) ranks[i] = kKinds[i].rank;
  return ranks;
}();
constexpr uint8_t rank(EventKind kind) {
  return kRanks[static_cast<size_t>(kind)];
}
inline constexpr uint8_t kNoKind = UINT8_MAX;
inline constexpr auto kKindByField = [] {
  std::array<uint8_t, kKindFieldMax + 1> kinds{};
  kinds.fill(kNoKind);
  for (const KindInfo& k : kKinds) kinds[k.field] = static_cast<uint8_t>(k.id);
  return kinds;
}();
// The kind with this field number in the oneof. nullopt if no kind has it.
constexpr std::optional<EventKind> kind_of_field(uint32_t field) {
  if (field >= kKindByField.size() || kKindByField[field] == kNoKind) return std::nullopt;
  return static_cast<EventKind>(kKindByField[field]);
}
inline constexpr uint32_t kHeartbeatField = info(EventKind::kHeartbeat).field;
inline constexpr uint32_t kRetractedField = info(EventKind::kRetracted).field;

// The greatest number of text slots, number slots, and field number of any kind.
inline constexpr size_t kKindTexts = [] {
  size_t most = 0;
  for (const KindInfo& k : kKinds) most = std::max(most, text_slots(k.fields));
  return most;
}();
inline constexpr size_t kKindNumbers = [] {
  size_t most = 0;
  for (const KindInfo& k : kKinds) most = std::max(most, number_slots(k.fields));
  return most;
}();
inline constexpr size_t kKindFieldNumberMax = [] {
  size_t most = 0;
  for (const KindInfo& k : kKinds) most = std::max(most, number_max(k.fields));
  return most;
}();

// True if a row is consistent. The field number of a topic's kind is in the range of the topic. The
// field number of a kind of every topic is below all ranges, and no field of a topic has it. The
// kind's own fields share no number and no slot.
constexpr bool is_sound(const KindInfo& k) {
  if (k.topic) {
    if (k.field < info(*k.topic).kind_field_min || k.field > info(*k.topic).kind_field_max) {
      return false;
    }
  } else {
    if (k.field >= kKindFieldMin) return false;
    for (const TopicInfo& t : kTopics) {
      for (const FieldInfo& f : t.fields) {
        if (f.number == k.field) return false;
      }
    }
  }
  return are_apart(k.fields);
}
static_assert(std::ranges::all_of(kKinds, [](const KindInfo& k) { return is_sound(k); }));

}  // namespace bellwether::domain
