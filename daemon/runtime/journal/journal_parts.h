// Purpose: writes journal records that are larger than a broker accepts as several Kafka records.
// An evaluation contains every open alert, and a downturn opens thousands. Invariants: joining is a
// pure fold of the records in their order, so every replica joins the same ones. A record counts at
// the offset of its last part. Parts that are never completed, because their writer died, are
// ignored.
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace bellwether::runtime {

// Limit of the value of a Kafka record in the journal. The default limit of brokers and clients is
// 1,000,000 bytes, which includes the rest of the record.
inline constexpr size_t kJournalRecordBytesMax = 900'000;
// Limit of an encoded journal record, all parts together: about 100,000 open alerts with their
// evidence.
inline constexpr size_t kJournalEntryBytesMax = 64u << 20;
// Limit of incomplete records of different writers. If it is reached, the oldest one is dropped.
inline constexpr size_t kJournalUnfinishedMax = 8;
// Limit of the distance in offsets from the first part of a record to its last. A record that
// exceeds it is dropped, because its writer has died.
inline constexpr int64_t kJournalPartsApartMax = 10'000;

// The Kafka records for `record`, an encoded JournalRecord. A record that is small enough is not
// split. `id` distinguishes the attempts of one writer. Error: ResourceExhausted above
// kJournalEntryBytesMax.
absl::StatusOr<std::vector<std::string>> split_record(std::string_view record,
                                                      std::string_view writer, int64_t id);

class JournalParts {
 public:
  // The record that `value` completes: `value` itself, or the record whose last part it is. nullopt
  // if the record is not complete yet. Error: DataLoss for a part that does not follow the parts
  // before it.
  absl::StatusOr<std::optional<std::string>> add(int64_t offset, std::string_view value);
  // The offset from which a new reader joins the same records as a reader of the whole journal: the
  // first part of the oldest incomplete record, or `next` if there is none.
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
  std::list<Unfinished> unfinished_;  // at most one per writer, oldest first
};

}  // namespace bellwether::runtime
