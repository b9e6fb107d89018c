// Purpose: journal records that are larger than what a broker takes, written as several: an
// evaluation names every open alert, and a downturn opens thousands. Invariants: a pure fold of the
// records in their order, so every replica joins the same ones. A record counts at the offset of
// its last part; parts that are never completed (their writer died) are passed over. Thread safety:
// one thread.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace bellwether::runtime {

// What a Kafka record of the journal may hold: the default of brokers and clients is 1,000,000
// bytes with everything around the value.
inline constexpr size_t kJournalRecordBytesMax = 900'000;
// An encoded journal record, all parts together: some 100,000 open alerts with their evidence.
inline constexpr size_t kJournalEntryBytesMax = 64u << 20;
// Records of different writers whose parts may be under way at once; then the oldest is given up.
inline constexpr size_t kJournalUnfinishedMax = 8;
// Offsets from the first part of a record to its last; one that takes longer is given up: its
// writer has died.
inline constexpr int64_t kJournalPartsApartMax = 10'000;

// The Kafka records that `record`, an encoded JournalRecord, is written as: itself where it is
// small enough. `id` tells the attempts of one writer apart. Error: ResourceExhausted above
// kJournalEntryBytesMax.
absl::StatusOr<std::vector<std::string>> split_record(std::string_view record,
                                                      std::string_view writer, int64_t id);

class JournalParts {
 public:
  // The record that `value` completes: itself, or the parts that it is the last of. nullopt: more
  // is to come, or nothing can come of it. Error: DataLoss when it is a part that does not fit.
  absl::StatusOr<std::optional<std::string>> add(int64_t offset, std::string_view value);
  // Who begins to read here joins the same records as who has read all: the first part of the
  // oldest record that is under way, else `next`.
  int64_t resume(int64_t next) const {
    return unfinished_.empty() ? next : unfinished_.front().begin;
  }

 private:
  struct Unfinished {
    int64_t begin = 0;  // offset of the first part
    std::string writer;
    int64_t id = 0;
    int32_t parts = 0;
    int32_t seen = 0;
    std::string bytes;
  };
  std::list<Unfinished> unfinished_;  // at most one a writer, oldest first
};

}  // namespace bellwether::runtime
