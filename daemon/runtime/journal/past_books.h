// Purpose: the alert books of earlier revisions, for questions as of a revision. Keeps a book from
// time to time and the packed journal records after it, and folds these again. The fold is a pure
// function of book and record, so the result is the book of that time.
// Thread safety: one writer; any number of threads may read copies. Copies share books and records.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/snapshot/image.h"
#include "core/alerts/book.h"
#include "core/alerts/entry.h"
#include "core/base/calendar.h"
#include "core/base/ids.h"
#include "core/engine/past_panels.h"

namespace bellwether::runtime {

// Limits. The oldest records are forgotten first, those between two kept books at a time.
inline constexpr size_t kPastBookTicks = engine::kPastTicksMax;  // at least, unless too many bytes
inline constexpr size_t kPastRecordBytesMax = 256 << 20;         // packed
// A book is kept after so many ticks, or after so many records. It limits what is folded again.
inline constexpr size_t kTicksBetweenBooks = 50;
inline constexpr size_t kRecordsBetweenBooks = 1000;

class PastBooks {
 public:
  explicit PastBooks(size_t bytes_max = kPastRecordBytesMax) : bytes_max_(bytes_max) {}

  // Call before each record is folded, with the book before it. Copies the book now and then.
  void before_fold(const alerts::Book& book);
  // Adds the record that was folded. `tick`: the tick that it settled; nullopt for other records,
  // and for a tick that did not count.
  void add(base::JournalOffset offset, const alerts::JournalEntry& entry,
           std::optional<base::PeriodIndex> tick);

  // The book after all records through `revision`, which need not be a record itself. Errors:
  // OutOfRange if records before it are forgotten, or if nothing was added yet; DataLoss if a
  // record cannot be read. REQUIRES: the journal was read through `revision`.
  absl::StatusOr<alerts::Book> at(base::JournalOffset revision) const;
  // The record that settled the tick; nullopt if it is not kept.
  std::optional<base::JournalOffset> record_of(base::PeriodIndex tick) const;

  // For a snapshot.
  snapshot::PastBook image() const;
  // Continues from a snapshot. DataLoss if its records do not lead to `now`.
  static absl::StatusOr<PastBooks> restore(const snapshot::PastBook& image,
                                           const alerts::Book& now);

 private:
  using RecordPtr = std::shared_ptr<const snapshot::PastRecord>;
  struct Run {
    std::shared_ptr<const alerts::Book> before;
    std::vector<RecordPtr> records;  // folded after it
    size_t ticks = 0;
    size_t bytes = 0;
    bool full() const {
      return ticks >= kTicksBetweenBooks || records.size() >= kRecordsBetweenBooks;
    }
  };
  void add(RecordPtr record);
  void forget_old();

  size_t bytes_max_;
  std::vector<std::shared_ptr<const Run>> full_;  // oldest first
  Run last_;                                      // no book before the first record
};

}  // namespace bellwether::runtime
