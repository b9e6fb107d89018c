// Purpose: one fact of a business in 24 bytes, and the order in which facts stand in a record.
// Invariants: a fact is the latest known version of one FactId; two equal sets of facts are equal byte
// for byte, whatever the order of their arrival.
// Thread safety: values.
#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>

#include "base/calendar.h"
#include "base/ids.h"
#include "events/event.h"
#include "indicators/measures.h"

namespace bellwether::ledger {

using base::BusinessKey;
using base::Days;
using base::FactId;
using base::PeriodIndex;
using events::Event;
using events::EventKind;
using indicators::Cell;

// Dates are kept as days since 1900 in 16 bits. Earlier ones count as 1900-01-01: they are older than
// any horizon, and only the opening balance sees them.
inline constexpr int32_t kDayZero = -25567;  // 1900-01-01 in days since 1970-01-01
inline constexpr int32_t kDayLast = kDayZero + UINT16_MAX;

struct Fact {
  uint64_t id = 0;
  uint64_t sequence : 48 = 0;
  uint64_t day : 16 = 0;        // since kDayZero
  uint16_t area = 0;            // events::kNoArea = not stated
  uint16_t sector : 12 = 0;     // kSectorUnstated = not stated
  uint16_t size : 4 = 0;        // kSizeUnstated = not stated
  EventKind kind{};
  uint8_t code = 0;             // as Event::code
  uint16_t minutes : 12 = 0;    // interactions
  uint16_t response : 4 = 0;    // interactions: bucket

  static constexpr uint16_t kSectorUnstated = 0xfff;
  static constexpr uint16_t kSizeUnstated = 0xf;

  Days date() const { return Days(static_cast<int32_t>(day) + kDayZero); }
  // Position in a record: by date, then kind, then version.
  auto order() const { return std::tuple(uint64_t{day}, kind, uint64_t{sequence}, id); }
  // Decides between two versions of one fact: the later sequence; among equals (a source that does
  // not version) the greater content, so that arrival does not decide.
  auto version() const {
    return std::tuple(uint64_t{sequence}, kind, uint64_t{day}, area, uint16_t{sector}, uint16_t{size},
                      code, uint16_t{minutes}, uint16_t{response});
  }
};
static_assert(sizeof(Fact) == 24);

inline Fact to_fact(const Event& e) {
  Fact f;
  f.id = e.fact.value;
  f.sequence = e.sequence.value;
  f.day = static_cast<uint64_t>(std::clamp(e.effective.value, kDayZero, kDayLast) - kDayZero);
  f.area = e.area.value;
  f.sector = e.sector == events::kNoSector ? Fact::kSectorUnstated : e.sector.value & 0xfff;
  f.size = e.size == events::kNoSize ? Fact::kSizeUnstated : e.size.value & 0xf;
  f.kind = e.kind;
  f.code = e.code;
  f.minutes = std::min(e.minutes, events::kMinutesMax) & 0xfff;
  f.response = e.response_bucket & 0xf;
  return f;
}

}  // namespace bellwether::ledger
