// Purpose: converts journal records to bytes and back: alerts::JournalEntry ↔
// bellwether.journal.v1.JournalRecord.
// Thread safety: pure.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/alerts/entry.h"
#include "core/base/calendar.h"

namespace bellwether::runtime {

// The highest format that this build reads. A record is written in the lowest format whose readers
// understand all of it, so that an older build reads on for as long as it can.
//   format 1: everything but
//   format 2: rule sets with special days
inline constexpr int32_t kJournalFormat = 2;
inline constexpr int32_t kJournalFormatLeast = 1;

std::string encode(const alerts::JournalEntry& entry, std::string_view writer,
                   base::UnixMillis written_at);

// Errors: DataLoss if the bytes are not a JournalRecord, have no body, or contain a period outside
// alerts::kPeriodsFromEpochMax or a reserved number; Unimplemented if the format is newer than
// kJournalFormat, because a replica must not guess.
absl::StatusOr<alerts::JournalEntry> decode(std::string_view bytes);

// An entry with the other fields of its record, for people.
struct JournalRecord {
  alerts::JournalEntry entry;
  std::string writer;
  base::UnixMillis written_at;
};
absl::StatusOr<JournalRecord> decode_record(std::string_view bytes);

}  // namespace bellwether::runtime
