// Purpose: describes the records of a snapshot's manifest and partitions once. The order of the
// description is the order of the bytes: only append fields, and with a new format (frames.h).
// Thread safety: pure.
#pragma once

#include <cstddef>
#include <tuple>

#include "adapters/snapshot/fields_io.h"
#include "adapters/snapshot/image.h"
#include "core/base/fields.h"
#include "core/engine/partition_engine.h"
#include "core/ledger/ledger.h"

namespace bellwether::snapshot {

// Through contributions in formats 1 and 2.
template <>
constexpr size_t fields_in<alerts::Evidence>(uint32_t format) {
  return format >= 3 ? SIZE_MAX : 25;
}
// Through evidence.
template <>
constexpr size_t fields_in<alerts::AlertUpdate>(uint32_t format) {
  return format >= 3 ? SIZE_MAX : 14;
}
// Through false_discovery_rate.
template <>
constexpr size_t fields_in<alerts::RuleSetRecord>(uint32_t format) {
  return format >= 3 ? SIZE_MAX : 2;
}
// Through file_bytes in format 1, through lacking in format 2.
template <>
constexpr size_t fields_in<Manifest>(uint32_t format) {
  return format >= 3 ? SIZE_MAX : format == 2 ? 10 : 6;
}
// Through partitions in formats 1 and 2.
template <>
constexpr size_t fields_in<Identity>(uint32_t format) {
  return format >= 3 ? SIZE_MAX : 6;
}

}  // namespace bellwether::snapshot

namespace bellwether::base {

template <>
struct Fields<snapshot::Identity> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(cluster),      BELLWETHER_FIELD(calendar),
                      BELLWETHER_FIELD(reference),    BELLWETHER_FIELD(history_periods),
                      BELLWETHER_FIELD(topics),       BELLWETHER_FIELD(partitions),
                      BELLWETHER_FIELD(figures),      BELLWETHER_FIELD(codes),
                      BELLWETHER_FIELD(working_hours)};
  }
};
template <>
struct Fields<snapshot::Manifest> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(identity),     BELLWETHER_FIELD(taken_at),
                      BELLWETHER_FIELD(tick),         BELLWETHER_FIELD(journal),
                      BELLWETHER_FIELD(cut),          BELLWETHER_FIELD(file_bytes),
                      BELLWETHER_FIELD(book_bytes),   BELLWETHER_FIELD(journal_mark),
                      BELLWETHER_FIELD(journal_next), BELLWETHER_FIELD(lacking),
                      BELLWETHER_FIELD(past_bytes)};
  }
};
template <>
struct Fields<engine::InputState> {
  static constexpr auto list() {
    // Whether an input is held or idle is not stored: it is determined again.
    return std::tuple{BELLWETHER_FIELD(next), BELLWETHER_FIELD(watermark), BELLWETHER_FIELD(newest),
                      BELLWETHER_APART(held), BELLWETHER_APART(idle)};
  }
};
template <>
struct Fields<engine::Crossing> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(crossed), BELLWETHER_FIELD(cut), BELLWETHER_FIELD(reach),
                      BELLWETHER_FIELD(begins)};
  }
};
template <>
struct Fields<ledger::LedgerStats> {
  static constexpr auto list() {
    return std::tuple{BELLWETHER_FIELD(businesses), BELLWETHER_FIELD(facts),
                      BELLWETHER_FIELD(waiting), BELLWETHER_FIELD(bytes)};
  }
};
template <>
struct Fields<engine::PartitionTick> {
  static constexpr auto list() {
    // Deltas, reports and figures have their own frames.
    return std::tuple{BELLWETHER_FIELD(partition), BELLWETHER_FIELD(tick),
                      BELLWETHER_FIELD(cut),       BELLWETHER_FIELD(complete_to),
                      BELLWETHER_FIELD(stats),     BELLWETHER_APART(deltas),
                      BELLWETHER_APART(reports),   BELLWETHER_APART(figures)};
  }
};

}  // namespace bellwether::base
