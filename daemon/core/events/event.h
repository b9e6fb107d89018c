// Purpose: a decoded input record: one flat value that the ledger can apply. The decoder replaces
// all codes and names by ids or hashes, so the code after it handles no strings. Thread safety:
// values.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/base/calendar.h"
#include "core/base/ids.h"
#include "core/base/response_hours.h"
#include "core/domain/divisions.h"
#include "core/domain/kinds.h"
#include "core/domain/statistics.h"

namespace bellwether::events {

using base::AreaId;
using base::BusinessKey;
using base::Days;
using base::FactId;
using base::SectorId;
using base::SizeBand;
using base::SourceSequence;
using base::UnixMillis;

using domain::Channel;
using domain::Charge;
using domain::EventKind;
using domain::Filing;
using domain::Insolvency;
using domain::Intensity;
using domain::InteractionType;
using domain::kTopicFamilies;
using domain::LegalForm;
using domain::Officer;
using domain::OutcomeKind;
using domain::ReferralState;
using domain::RetractionReason;
using domain::Standing;
using domain::Statistic;
using domain::Status;
using domain::StrikeOff;
using domain::Topic;
using domain::TopicFamily;

// Buckets of the time to a first response: 1 … kResponseBuckets; 0 = no response yet.
using base::kResponseBuckets;

inline constexpr AreaId kNoArea{UINT16_MAX};      // not stated by this event
inline constexpr SectorId kNoSector{UINT16_MAX};  // not stated by this event
inline constexpr SizeBand kNoSize{UINT8_MAX};     // not stated by this event
inline constexpr Days kNoDay{INT32_MIN};          // not stated by this event
inline constexpr uint8_t kSizeBandMax = 7;        // bands 0 (unknown) … 7
inline constexpr uint16_t kMinutesMax = 4095;     // the minutes of an interaction saturate here
// The limits of an outcome, either of one business. 2^36 − 1 pence are 687 million pounds.
inline constexpr int32_t kOutcomeJobsMax = INT16_MAX;
inline constexpr int64_t kOutcomeAmountMax = (int64_t{1} << 36) - 1;

// A code that an event states and that is not in the reference files. The event counts, but with an
// unknown area in the whole geography only, and with an unknown sector as unclassified.
enum class UnknownCode : uint8_t { kArea, kPostcode, kSector };
inline constexpr std::array<std::string_view, 3> kUnknownCodeNames = {
    "unknown_area", "unknown_postcode", "unknown_sector"};
inline constexpr size_t kUnknownCodes = kUnknownCodeNames.size();

struct Event {
  EventKind kind{};
  uint8_t code = 0;             // by kind, see core/domain/kinds.h; figures: domain::Frequency
  uint8_t response_bucket = 0;  // interactions: 0 … kResponseBuckets
  InteractionType type{};       // interactions
  Channel channel{};            // interactions
  Intensity intensity{};        // interactions
  uint8_t team = 0;             // interactions: 0 not stated, else up to reference::kOtherTeam
  LegalForm legal_form{};       // registrations and changes
  Standing standing{};          // changes of status
  bool unregistered = false;    // the key is case:ID; counts in the area and sector it states
  BusinessKey business;         // hash of the canonical id; 0 for heartbeats
  FactId fact;                  // the event is a version of it; a retraction retracts it
  SourceSequence sequence;      // ≤ kSourceSequenceMax
  // The day on which the fact happened. Filings: the day of filing. Filings that are due: the day
  // on which the due date was stated. Figures: the first day of the reference period.
  Days effective;
  AreaId area = kNoArea;
  SectorId sector = kNoSector;
  SizeBand size = kNoSize;
  uint16_t minutes = 0;
  std::array<bool, kUnknownCodes> unknown{};  // by UnknownCode
  Days due = kNoDay;         // filings and filings that are due: the last day in time
  Days period_end = kNoDay;  // of the document of a filing
  // Referrals: hash of case and organisation. 0: without a case, so a referral of its own.
  uint32_t referral = 0;
  int32_t jobs = 0;          // outcomes: gained; redundancy notices: at risk
  int64_t amount_minor = 0;  // outcomes
  // Figures. kUnused: nothing rests on figures of this unit or period, or its place is not in the
  // reference files. `area` and `sector` may be of any level.
  Statistic statistic{};
  domain::FigureStatus figure_status{};
  Days vintage = kNoDay;   // the day on which the source published this version
  double value = 0;        // in jobs, persons or pounds
  uint64_t source = 0;     // hash of the source's name
  UnixMillis complete_to;  // heartbeats: everything published before this instant is in the log
};

}  // namespace bellwether::events
