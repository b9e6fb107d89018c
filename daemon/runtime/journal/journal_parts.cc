#include "runtime/journal/journal_parts.h"

#include <algorithm>

#include "bellwether/journal/v1/journal.pb.h"
#include "core/base/text.h"
#include "runtime/journal/journal_codec.h"

namespace bellwether::runtime {
namespace {

namespace journal_pb = bellwether::journal::v1;

// The rest is room for the other fields of a part.
constexpr size_t kPartBytes = kJournalRecordBytesMax - 1'000;
constexpr size_t kPartsMax = kJournalEntryBytesMax / kPartBytes + 1;

}  // namespace

absl::StatusOr<std::vector<std::string>> split_record(std::string_view record,
                                                      std::string_view writer, int64_t id) {
  if (record.size() <= kJournalRecordBytesMax) return std::vector<std::string>{std::string(record)};
  if (record.size() > kJournalEntryBytesMax) {
    return absl::ResourceExhaustedError(
        base::cat("a journal record of ", record.size(), " bytes; at most ", kJournalEntryBytesMax,
                  ": raise the rules' thresholds or name the levels that they test"));
  }
  std::vector<std::string> out;
  size_t const parts = (record.size() + kPartBytes - 1) / kPartBytes;
  for (size_t i = 0; i < parts; ++i) {
    journal_pb::JournalRecord r;
    r.set_format(kJournalFormatLeast);  // of the part; the record in it has its own
    r.set_writer(std::string(writer));
    journal_pb::RecordPart& part = *r.mutable_part();
    part.set_id(id);
    part.set_index(static_cast<int32_t>(i));
    part.set_parts(static_cast<int32_t>(parts));
    part.set_bytes(std::string(record.substr(i * kPartBytes, kPartBytes)));
    out.push_back(r.SerializeAsString());
  }
  return out;
}

absl::StatusOr<std::optional<std::string>> JournalParts::add(int64_t offset,
                                                             std::string_view value) {
  while (!unfinished_.empty() && offset - unfinished_.front().begin > kJournalPartsApartMax)
    unfinished_.pop_front();
  journal_pb::JournalRecord record;
  // decode() reports the errors of values that are not a record or have a newer format.
  if (!record.ParseFromArray(value.data(), static_cast<int>(value.size())) ||
      record.format() > kJournalFormat || !record.has_part()) {
    return std::optional(std::string(value));
  }
  const journal_pb::RecordPart& part = record.part();
  auto const of_writer = std::ranges::find(unfinished_, record.writer(), &Unfinished::writer);
  if (part.index() == 0 && part.parts() >= 2 && part.parts() <= static_cast<int32_t>(kPartsMax)) {
    if (of_writer != unfinished_.end()) unfinished_.erase(of_writer);
    if (unfinished_.size() >= kJournalUnfinishedMax) unfinished_.pop_front();
    unfinished_.push_back({offset, record.writer(), part.id(), part.parts(), 1, part.bytes()});
    return std::nullopt;
  }
  if (of_writer == unfinished_.end() || of_writer->id != part.id() ||
      of_writer->parts != part.parts() || of_writer->seen != part.index()) {
    return absl::DataLossError(base::cat("part ", part.index(), " of ", part.parts(),
                                         " of a record whose first parts are missing"));
  }
  of_writer->bytes += part.bytes();
  if (++of_writer->seen < of_writer->parts) return std::nullopt;
  std::optional<std::string> whole = std::move(of_writer->bytes);
  unfinished_.erase(of_writer);
  return whole;
}

}  // namespace bellwether::runtime
