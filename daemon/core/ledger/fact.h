// Purpose: one fact of a business in 24 bytes, and the order of the facts in a record. Invariants:
// a fact is the latest known version of one FactId; two equal sets of facts are equal byte for
// byte, whatever their order of arrival. Thread safety: values.
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

// Dates are stored as days since 1900-01-01 in 16 bits. Earlier dates count as 1900-01-01. They are
// before every horizon, so they count only in the opening balance.
inline constexpr int32_t kDayZero = -25567;  // 1900-01-01 in days since 1970-01-01
inline constexpr int32_t kDayLast = kDayZero + UINT16_MAX;

// A day in 16 bits; 0 if it is events::kNoDay.
inline uint32_t stored(Days day) {
  if (day == events::kNoDay) return 0;
  return static_cast<uint32_t>(std::clamp(day.value, kDayZero + 1, kDayLast) - kDayZero);
}
inline Days day_stored_as(uint32_t stored) {
  return stored == 0 ? events::kNoDay : Days(static_cast<int32_t>(stored) + kDayZero);
}

// True if the facts of the kind state no place. They store a value of 32 bits in its room.
constexpr bool has_value(EventKind kind) {
  return kind == EventKind::kFilingRecorded || kind == EventKind::kFilingDue ||
         kind == EventKind::kReferral || kind == EventKind::kOutcome ||
         kind == EventKind::kRedundancyNotice;
}

struct Fact {
  // The upper 48 bits of the FactId. They are compared within one record only: among 4,096 facts,
  // the probability that two share them is 3e-8.
  uint64_t id : 48 = 0;
  uint64_t detail : 16 = 0;  // legal_form(), standing(), or channel(), intensity() and team()
  uint64_t sequence : 48 = 0;
  uint64_t day : 16 = 0;     // since kDayZero
  uint16_t area = 0;         // events::kNoArea = not stated; interactions: see states_place()
  uint16_t sector : 12 = 0;  // kSectorUnstated = not stated
  uint16_t size : 4 = 0;     // kSizeUnstated = not stated; interactions: type(), states_place()
  EventKind kind{};
  uint8_t code = 0;    // as Event::code; outcomes: outcome_kind() and a part of amount_minor()
  uint16_t extra = 0;  // interactions: minutes() and response(); outcomes: jobs(); other kinds:
                       // published()

  static constexpr uint16_t kSectorUnstated = 0xfff;
  static constexpr uint16_t kSizeUnstated = 0xf;
  static constexpr uint16_t kStatesPlace = 0x8;  // a bit of the size of interactions
  static constexpr uint16_t kNotYetPublished = UINT16_MAX;

  Days date() const { return Days(static_cast<int32_t>(day) + kDayZero); }
  bool is_interaction() const { return kind == EventKind::kInteraction; }
  bool is_outcome() const { return kind == EventKind::kOutcome; }
  domain::InteractionType type() const {
    return static_cast<domain::InteractionType>(size & (kStatesPlace - 1));
  }
  // An interaction of an enquirer under case:ID states area and sector. That of a registered
  // business does not need them; it has the day of publication in the place of the area.
  bool states_place() const { return !is_interaction() || (size & kStatesPlace) != 0; }
  // Of registrations and changes.
  domain::LegalForm legal_form() const { return static_cast<domain::LegalForm>(detail & 0xf); }
  // Of changes of status.
  domain::Standing standing() const { return static_cast<domain::Standing>(detail & 0x3); }
  // Of interactions.
  uint8_t channel() const { return detail & 0x7; }
  uint8_t intensity() const { return detail >> 3 & 0x3; }
  uint8_t team() const { return detail >> 5 & 0xf; }

  uint16_t minutes() const { return kind == EventKind::kInteraction ? extra & 0xfff : 0; }
  uint16_t response() const { return kind == EventKind::kInteraction ? extra >> 12 : 0; }

  // REQUIRES for each of these: the kind has_value().
  uint32_t value() const { return uint32_t{area} << 16 | uint32_t{sector} << 4 | uint32_t{size}; }
  void set_value(uint32_t value) {
    area = static_cast<uint16_t>(value >> 16);
    sector = value >> 4 & 0xfff;
    size = value & 0xf;
  }
  // Of filings and filings that are due. events::kNoDay: not stated.
  Days due() const { return day_stored_as(value() >> 16); }
  Days period_end() const { return day_stored_as(value() & UINT16_MAX); }
  // Of referrals. The facts of one referral have the same value.
  uint64_t referral() const { return value() != 0 ? value() : uint64_t{id} << 16; }
  int32_t jobs() const {
    return is_outcome() ? static_cast<int16_t>(extra) : static_cast<int32_t>(value());
  }
  // Of outcomes.
  uint8_t outcome_kind() const { return code & 0xf; }
  int64_t amount_minor() const { return int64_t{code >> 4} << 32 | int64_t{value()}; }

  // The first known day of publication of any version of this fact, in days since kDayZero. Because
  // it is the minimum over all versions, a correction or a repetition does not make the fact late.
  // It is not part of version(), and no count depends on it. Outcomes, and the interactions of
  // enquirers under case:ID, have no room for it. Therefore, if any version of a fact is one of
  // these, published() is 0, the least value, and stays 0: a record must not depend on the order of
  // arrival.
  uint16_t published() const {
    if (!has_room_for_publication()) return 0;
    return is_interaction() ? area : extra;
  }
  bool publication_known() const { return published() > 0 && published() < kNotYetPublished; }
  bool has_room_for_publication() const {
    return is_interaction() ? !states_place() : !is_outcome();
  }
  // REQUIRES: has_room_for_publication().
  void set_published(uint16_t day_published) { (is_interaction() ? area : extra) = day_published; }
  // Position in a record: by date, then by rank of the kind, by sequence and by id.
  auto order() const {
    return std::tuple(uint64_t{day}, domain::rank(kind), uint64_t{sequence}, uint64_t{id});
  }
  // The greater of two versions of a fact wins: the later sequence, or for equal sequences (a
  // source without versions) the greater content. So the order of arrival has no effect.
  auto version() const {
    return std::tuple(uint64_t{sequence}, domain::rank(kind), uint64_t{day},
                      states_place() ? area : uint16_t{0}, uint16_t{sector}, uint16_t{size}, code,
                      minutes(), response(), is_outcome() ? extra : uint16_t{0}, uint64_t{detail});
  }
};
static_assert(sizeof(Fact) == 24);

// Fact::value() of an event. REQUIRES: the kind has_value().
inline uint32_t value_of(const Event& e) {
  switch (e.kind) {
    case EventKind::kFilingRecorded:
    case EventKind::kFilingDue:
      return stored(e.due) << 16 | stored(e.period_end);
    case EventKind::kReferral:
      return e.referral;
    case EventKind::kOutcome:
      return static_cast<uint32_t>(e.amount_minor);
    default:
      return static_cast<uint32_t>(e.jobs);
  }
}

// Fact::detail of an event.
inline uint64_t detail_of(const Event& e) {
  switch (e.kind) {
    case EventKind::kRegistered:
    case EventKind::kChanged:
      return static_cast<uint64_t>(e.legal_form) & 0xf;
    case EventKind::kStatusChanged:
      return static_cast<uint64_t>(e.standing) & 0x3;
    case EventKind::kInteraction:
      return (static_cast<uint64_t>(e.channel) & 0x7) |
             (static_cast<uint64_t>(e.intensity) & 0x3) << 3 | (uint64_t{e.team} & 0xf) << 5;
    default:
      return 0;
  }
}

// False if the detail of a fact read from a file is none that detail_of() makes.
inline bool has_known_classes(const Fact& f) {
  switch (f.kind) {
    case EventKind::kRegistered:
    case EventKind::kChanged:
      return f.detail < domain::kLegalForms.size();
    case EventKind::kStatusChanged:
      return f.detail <= static_cast<uint64_t>(domain::Standing::kInProcedure);
    case EventKind::kInteraction:
      return f.detail >> 9 == 0 && f.channel() < domain::kChannels.size();
    default:
      return f.detail == 0;
  }
}

// A fact without a known day of publication.
inline Fact to_fact(const Event& e) {
  Fact f;
  f.id = e.fact.value >> 16;
  f.detail = detail_of(e) & 0xffff;
  f.sequence = e.sequence.value;
  f.day = static_cast<uint64_t>(std::clamp(e.effective.value, kDayZero, kDayLast) - kDayZero);
  f.area = e.area.value;
  f.sector = e.sector == events::kNoSector ? Fact::kSectorUnstated : e.sector.value & 0xfff;
  f.size = e.size == events::kNoSize ? Fact::kSizeUnstated : e.size.value & 0xf;
  if (e.kind == EventKind::kInteraction) {
    unsigned const type = static_cast<unsigned>(e.type) & (Fact::kStatesPlace - 1u);
    f.size = (type | (e.unregistered ? Fact::kStatesPlace : 0u)) & 0xf;
    if (!e.unregistered) {
      f.area = Fact::kNotYetPublished;
      f.sector = Fact::kSectorUnstated;
    }
  }
  f.kind = e.kind;
  f.code = e.code;
  f.extra = e.kind == EventKind::kInteraction
                ? static_cast<uint16_t>(std::min(e.minutes, events::kMinutesMax) | e.response_bucket
                                                                                       << 12)
                : Fact::kNotYetPublished;
  if (has_value(e.kind)) f.set_value(value_of(e));
  if (e.kind == EventKind::kOutcome) {
    f.code = static_cast<uint8_t>(e.code | e.amount_minor >> 32 << 4);
    f.extra = static_cast<uint16_t>(e.jobs);
  }
  return f;
}
inline Fact to_fact(const Event& e, base::UnixMillis published) {
  Fact f = to_fact(e);
  if (!f.has_room_for_publication() || published.value < 0) return f;
  // 0 and kNotYetPublished mean an unknown day, so neither is a valid day.
  int32_t const day = std::clamp(base::days_of(published).value, kDayZero + 1, kDayLast - 1);
  f.set_published(static_cast<uint16_t>(day - kDayZero));
  return f;
}

}  // namespace bellwether::ledger
