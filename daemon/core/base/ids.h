// Purpose: integer ids. Each has its own type, so that an area cannot be passed as a sector.
// Invariants: an id is a plain value; a default-constructed id is 0. Thread safety: values.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <utility>

namespace bellwether::base {

// A value of type Rep. It can only be compared with ids of the same Tag.
template <class Tag, class Rep>
struct Id {
  Rep value{};

  constexpr Id() = default;
  constexpr explicit Id(Rep v) : value(v) {}
  friend constexpr auto operator<=>(Id, Id) = default;
  template <class H>
  friend H AbslHashValue(H h, Id id) {
    return H::combine(std::move(h), id.value);
  }
};

using PartitionId = Id<struct PartitionTag, int32_t>;     // the same in every input topic, from 0
using Offset = Id<struct OffsetTag, int64_t>;             // of a record in a Kafka partition
using JournalOffset = Id<struct JournalTag, int64_t>;     // of a record in the journal
using BusinessKey = Id<struct BusinessTag, uint64_t>;     // hash of the canonical business id
using FactId = Id<struct FactTag, uint64_t>;              // hash of source and event id
using SourceSequence = Id<struct SequenceTag, uint64_t>;  // orders the versions of one fact
using AreaId = Id<struct AreaTag, uint16_t>;              // index into reference::Areas
using SectorId = Id<struct SectorTag, uint16_t>;          // index into reference::Sectors
using SizeBand = Id<struct SizeTag, uint8_t>;             // 0 = not stated

// The largest source sequence that the ledger can hold (48 bits).
inline constexpr uint64_t kSourceSequenceMax = (uint64_t{1} << 48) - 1;

}  // namespace bellwether::base

template <class Tag, class Rep>
struct std::hash<bellwether::base::Id<Tag, Rep>> {
  size_t operator()(bellwether::base::Id<Tag, Rep> id) const noexcept {
    return std::hash<Rep>{}(id.value);
  }
};
