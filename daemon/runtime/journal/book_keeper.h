// Purpose: the only place that folds the alert book. Other threads read published copies and wait
// until their own records are folded. Remembers the records of the latest ticks in short form, so
// that a replica can compare its own ticks with them.
// Thread safety: fold and publish belong to the journal's thread; the rest may be called from any.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "adapters/snapshot/image.h"
#include "core/alerts/book.h"
#include "core/base/log_place.h"
#include "runtime/journal/divergence.h"
#include "runtime/journal/past_books.h"

namespace bellwether::runtime {

// Number of ticks whose records are remembered: 78 years of weeks.
inline constexpr size_t kJournaledTicksKept = 4096;
// Number of the latest ticks that also keep the book before them. Each such book may hold all data
// that the present book has already removed.
inline constexpr size_t kBooksBeforeKept = 4;
// Number of the latest records whose timestamps are remembered.
inline constexpr size_t kWriteTimesKept = 4096;

// The place in the journal from which a reader with the book resumes.
struct JournalPlace {
  base::LogMark mark;  // of the last record that was read
  int64_t next = 0;    // resume offset; before the last record if a record in parts is incomplete
};

class BookKeeper {
 public:
  explicit BookKeeper(base::Calendar calendar);

  // Sets the book of a snapshot and what it keeps of the past. Call before anything is folded.
  void start_from(alerts::Book book, PastBooks past = PastBooks());
  // `written_at`: the timestamp of the record; nothing is known of one that is not after 1970.
  alerts::FoldOutcome fold(base::JournalOffset offset, const alerts::JournalEntry& entry,
                           base::UnixMillis written_at = {});
  void skip(base::JournalOffset offset);
  // Makes the folded records visible. `caught_up`: the journal was read to its end. `place`: the
  // place reached.
  void publish(bool caught_up, const JournalPlace& place = {});

  std::shared_ptr<const alerts::Book> view() const;
  // The published book, its place in the journal, and the books before it.
  struct Published {
    std::shared_ptr<const alerts::Book> book;
    std::shared_ptr<const PastBooks> past;
    JournalPlace place;
  };
  Published published() const;
  bool caught_up() const;
  // The accepted record of `tick`, if it is among the latest kJournaledTicksKept. The book before
  // it is included if the record is among the latest kBooksBeforeKept and was read after the
  // journal was first read to its end.
  std::optional<JournaledTick> journaled(base::PeriodIndex tick) const;
  // The timestamp of a record, if it is among the latest kWriteTimesKept that were folded after the
  // journal was first read to its end.
  std::optional<base::UnixMillis> written_at(base::JournalOffset offset) const;
  // Waits until the published book has folded `offset`. Returns the outcome of that record, or
  // nullopt at the deadline.
  std::optional<alerts::FoldOutcome> wait_for(base::JournalOffset offset, absl::Time deadline);
  // Waits until the published book has another offset than `seen`, for at most `wait`.
  void wait_for_news(base::JournalOffset seen, absl::Duration wait) const;
  // Wakes all waiting threads. No more records will come.
  void stop();

 private:
  std::shared_ptr<const alerts::Book> before(const alerts::TickEvaluated& tick) const;
  void remember(JournaledTick tick);

  static constexpr size_t kOutcomesKept = 4096;

  alerts::Book book_;                     // journal thread only
  PastBooks past_;                        // journal thread only
  base::JournalOffset last_tick_at_{-1};  // journal thread only: record of the last accepted tick
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::shared_ptr<const alerts::Book> published_;
  std::shared_ptr<const PastBooks> published_past_ = std::make_shared<PastBooks>();
  JournalPlace place_;
  std::deque<std::pair<base::JournalOffset, alerts::FoldOutcome>> outcomes_;
  std::deque<std::pair<base::JournalOffset, base::UnixMillis>> write_times_;
  std::deque<JournaledTick> ticks_;  // accepted ticks, in order, without gaps
  bool caught_up_ = false;
  bool stopped_ = false;
};

}  // namespace bellwether::runtime
