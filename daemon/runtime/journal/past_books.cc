#include "runtime/journal/past_books.h"

#include <algorithm>

#include "adapters/snapshot/packed.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "runtime/journal/journal_codec.h"
#include "runtime/journal/journal_parts.h"

namespace bellwether::runtime {

using alerts::Book;
using alerts::JournalEntry;
using base::JournalOffset;
using base::PeriodIndex;
using snapshot::PastRecord;

namespace {

absl::Status fold(const PastRecord& record, Book& book) {
  BELLWETHER_ASSIGN_OR_RETURN(std::string const bytes,
                              snapshot::unpack(record.packed, kJournalEntryBytesMax));
  BELLWETHER_ASSIGN_OR_RETURN(JournalEntry const entry, decode(bytes));
  book.fold(record.offset, entry);
  return absl::OkStatus();
}

}  // namespace

void PastBooks::before_fold(const Book& book) {
  if (last_.before != nullptr && last_.full())
    full_.push_back(std::make_shared<const Run>(std::exchange(last_, Run())));
  if (last_.before == nullptr) last_.before = std::make_shared<const Book>(book);
}

void PastBooks::add(JournalOffset offset, const JournalEntry& entry,
                    std::optional<PeriodIndex> tick) {
  const auto* const settled = std::get_if<alerts::TickEvaluated>(&entry);
  auto record = std::make_shared<PastRecord>();
  record->offset = offset;
  record->tick = tick;
  record->packed =
      snapshot::pack(encode(entry, settled == nullptr ? "" : settled->writer, base::UnixMillis(0)));
  add(std::move(record));
}

void PastBooks::add(RecordPtr record) {
  last_.ticks += record->tick.has_value();
  last_.bytes += record->packed.size();
  last_.records.push_back(std::move(record));
  forget_old();
}

void PastBooks::forget_old() {
  size_t ticks = last_.ticks;
  size_t bytes = last_.bytes;
  size_t kept = 0;
  for (; kept < full_.size(); ++kept) {
    const Run& run = *full_[full_.size() - 1 - kept];
    if (ticks >= kPastBookTicks || bytes + run.bytes > bytes_max_) break;
    ticks += run.ticks;
    bytes += run.bytes;
  }
  full_.erase(full_.begin(), full_.end() - static_cast<ptrdiff_t>(kept));
}

absl::StatusOr<Book> PastBooks::at(JournalOffset revision) const {
  const Run* from = nullptr;
  if (last_.before != nullptr && last_.before->offset() <= revision) from = &last_;
  for (auto run = full_.rbegin(); from == nullptr && run != full_.rend(); ++run) {
    if ((*run)->before->offset() <= revision) from = run->get();
  }
  if (from == nullptr) return absl::OutOfRangeError("its records are no longer kept");
  Book book = *from->before;
  for (const RecordPtr& record : from->records) {
    if (record->offset > revision) break;
    BELLWETHER_RETURN_IF_ERROR(fold(*record, book));
  }
  book.skip(revision);
  return book;
}

std::optional<JournalOffset> PastBooks::record_of(PeriodIndex tick) const {
  auto const in = [&](const Run& run) -> std::optional<JournalOffset> {
    auto const found = std::ranges::find(run.records, tick, [](const RecordPtr& r) {
      return r->tick.value_or(PeriodIndex(INT32_MIN));
    });
    if (found == run.records.end()) return std::nullopt;
    return (*found)->offset;
  };
  if (auto const found = in(last_)) return found;
  for (const auto& run : full_) {
    if (auto const found = in(*run)) return found;
  }
  return std::nullopt;
}

snapshot::PastBook PastBooks::image() const {
  snapshot::PastBook out;
  out.before = full_.empty() ? last_.before : full_.front()->before;
  for (const auto& run : full_)
    out.records.insert(out.records.end(), run->records.begin(), run->records.end());
  out.records.insert(out.records.end(), last_.records.begin(), last_.records.end());
  return out;
}

absl::StatusOr<PastBooks> PastBooks::restore(const snapshot::PastBook& image, const Book& now) {
  PastBooks out;
  if (image.before == nullptr) return out;
  Book book = *image.before;
  for (const RecordPtr& record : image.records) {
    if (record->offset <= book.offset()) return absl::DataLossError("records out of order");
    out.before_fold(book);
    std::optional<PeriodIndex> const before = book.last_tick();
    BELLWETHER_RETURN_IF_ERROR(fold(*record, book));
    out.add(record);
    bool const settled = book.last_tick() != before;
    if (settled != record->tick.has_value() || (settled && record->tick != book.last_tick()))
      return absl::DataLossError(base::cat("record ", record->offset.value, " is of another tick"));
  }
  book.skip(now.offset());
  if (book.digest() != now.digest())
    return absl::DataLossError("the records do not lead to the book");
  return out;
}

}  // namespace bellwether::runtime
