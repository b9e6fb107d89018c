// Purpose: one fact of a business in 24 bytes, and the order in which facts stand in a record.
// Invariants: a fact is the latest known version of one FactId; two equal sets of facts are equal
// byte for byte, whatever the order of their arrival. Thread safety: values.
#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>

#include "core/base/calendar.h"
#include "core/base/ids.h"
#include "core/events/event.h"
#include "core/indicators/deltas.h"

namespace bellwether::ledger {

using base::BusinessKey;
using base::Days;
using base::FactId;
using base::PeriodIndex;
using events::Event;
using events::EventKind;
using indicators::Cell;

// Dates are kept as days since 1900 in 16 bits. Earlier ones count as 1900-01-01: they are older
// than any horizon, and only the opening balance sees them.
inline constexpr int32_t kDayZero = -25567;  // 1900-01-01 in days since 1970-01-01
inline constexpr int32_t kDayLast = kDayZero + UINT16_MAX;

struct Fact {
  uint64_t id = 0;
  uint64_t sequence : 48 = 0;
  uint64_t day : 16 = 0;     // since kDayZero
  uint16_t area = 0;         // events::kNoArea = not stated
  uint16_t sector : 12 = 0;  // kSectorUnstated = not stated
  uint16_t size : 4 = 0;     // kSizeUnstated = not stated
  EventKind kind{};
  uint8_t code = 0;    // as Event::code
  uint16_t extra = 0;  // of an interaction minutes() and response(); of others published()

  static constexpr uint16_t kSectorUnstated = 0xfff;
  static constexpr uint16_t kSizeUnstated = 0xf;
  static constexpr uint16_t kNotYetPublished = UINT16_MAX;

  Days date() const { return Days(static_cast<int32_t>(day) + kDayZero); }
  uint16_t minutes() const { return kind == EventKind::kInteraction ? extra & 0xfff : 0; }
  uint16_t response() const { return kind == EventKind::kInteraction ? extra >> 12 : 0; }
  // Day since kDayZero on which the first version of this fact was published, as far as is known:
  // the least of all versions, so that neither corrections nor repetitions make it late. It is no
  // part of what is stated. Interactions have no room for it, so a fact of which any version is one
  // has 0, which is before all others and stays: what a record holds must not depend on the order
  // of arrival.
  uint16_t published() const { return kind == EventKind::kInteraction ? 0 : extra; }
  bool publication_known() const { return published() > 0 && published() < kNotYetPublished; }
  // Position in a record: by date, then rank of the kind, then version.
  auto order() const {
    return std::tuple(uint64_t{day}, domain::rank(kind), uint64_t{sequence}, id);
  }
  // Decides between two versions of one fact: the later sequence; among equals (a source that does
  // not version) the greater content, so that arrival does not decide.
  auto version() const {
    return std::tuple(uint64_t{sequence}, domain::rank(kind), uint64_t{day}, area, uint16_t{sector},
                      uint16_t{size}, code, minutes(), response());
  }
};
static_assert(sizeof(Fact) == 24);

// Published at a time that is not known.
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
  f.extra = e.kind == EventKind::kInteraction
                ? static_cast<uint16_t>(std::min(e.minutes, events::kMinutesMax) | e.response_bucket
                                                                                       << 12)
                : Fact::kNotYetPublished;
  return f;
}
inline Fact to_fact(const Event& e, base::UnixMillis published) {
  Fact f = to_fact(e);
  if (e.kind == EventKind::kInteraction || published.value < 0) return f;
  // Both ends stand for what is not known.
  int32_t const day = std::clamp(base::days_of(published).value, kDayZero + 1, kDayLast - 1);
  f.extra = static_cast<uint16_t>(day - kDayZero);
  return f;
}

}  // namespace bellwether::ledger
