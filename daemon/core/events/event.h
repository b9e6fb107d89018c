// Purpose: an input record after decoding: one flat, resolved value that the ledger can apply.
// Codes are resolved to ids here, at the border; nothing behind it sees a string. Thread safety:
// values.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/base/calendar.h"
#include "core/base/ids.h"
#include "core/base/response_hours.h"

namespace bellwether::events {

using base::AreaId;
using base::BusinessKey;
using base::Days;
using base::FactId;
using base::SectorId;
using base::SizeBand;
using base::SourceSequence;
using base::UnixMillis;

// The input topics. Every topic has its own message type; kinds of one never decode as another's.
enum class Topic : uint8_t { kRegistrations, kSupport, kProcurement, kObservations };
inline constexpr std::array<std::string_view, 4> kTopicNames = {"registrations", "support",
                                                                "procurement", "observations"};

// What happened. The order is part of the ledger's canonical order of facts and of snapshots:
// append only. kRetracted is the last word among equal versions and so the highest.
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
inline constexpr size_t kEventKinds = 18;
inline constexpr std::array<std::string_view, kEventKinds> kEventKindNames = {
    "heartbeat",       "registered",         "changed",           "status_changed",
    "filing_recorded", "filing_due",         "insolvency_case",   "strike_off_notice",
    "charge_changed",  "officer_changed",    "interaction",       "referral",
    "outcome",         "regulatory_contact", "redundancy_notice", "award",
    "observation",     "retracted"};

// Event::code by kind; 0 means not stated.
enum class Status : uint8_t { kUnstated, kLive, kCeased };  // kStatusChanged: does it trade or not
enum class Insolvency : uint8_t { kUnstated, kCreditors, kSolvent };
enum class StrikeOff : uint8_t { kUnstated, kCompulsory, kVoluntary, kDiscontinued };
enum class Charge : uint8_t { kUnstated, kCreated, kSatisfied };
enum class Officer : uint8_t { kUnstated, kAppointed, kResigned };  // kUnstated: no director
enum class Filing : uint8_t { kUnstated, kAccounts, kConfirmationStatement, kOther };

// Families of support topics; Event::code of an interaction is a bit set of 1 << family.
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
inline constexpr std::array<std::string_view, kTopicFamilies> kTopicFamilyNames = {
    "distress", "start_up", "finance", "compliance", "growth", "people", "innovation", "other"};

// A first response's bucket, 1 … kResponseBuckets; 0 = no response yet.
using base::kResponseBuckets;
using base::kResponseHours;

inline constexpr AreaId kNoArea{UINT16_MAX};      // not stated by this event
inline constexpr SectorId kNoSector{UINT16_MAX};  // not stated by this event
inline constexpr SizeBand kNoSize{UINT8_MAX};     // not stated by this event
inline constexpr uint8_t kSizeBandMax = 7;        // bands 0 (unknown) … 7
inline constexpr uint16_t kMinutesMax = 4095;     // longer interactions count as this many

struct Event {
  EventKind kind{};
  uint8_t code = 0;             // see the enums above
  uint8_t response_bucket = 0;  // interactions: 0 … kResponseBuckets
  bool unregistered = false;    // key is case:ID: counts by the area and sector that it states
  BusinessKey business;         // hash of the canonical id; 0 for heartbeats
  FactId fact;                  // the fact this is a version of; of a retraction: the one retracted
  SourceSequence sequence;      // ≤ kSourceSequenceMax
  Days effective;
  AreaId area = kNoArea;
  SectorId sector = kNoSector;
  SizeBand size = kNoSize;
  uint16_t minutes = 0;
  uint64_t source = 0;     // hash of the source's name
  UnixMillis complete_to;  // heartbeats: everything published before this instant is in the log
};

}  // namespace bellwether::events
