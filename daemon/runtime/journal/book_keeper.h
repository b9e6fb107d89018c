// Purpose: the one place where the alert book is folded; others read published copies and wait for
// records of their own to appear. Remembers what the latest ticks' records say, for replicas to
// hold theirs against. Thread safety: fold and publish belong to the journal's thread; the rest may
// be called from any.
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

namespace bellwether::runtime {

// Ticks whose records are remembered: 78 years of weeks.
inline constexpr size_t kJournaledTicksKept = 4096;
// Of these, the latest whose book before them is kept too: each may hold all that the book has
// forgotten since.
inline constexpr size_t kBooksBeforeKept = 4;

// Where a reader of the journal goes on that has the book.
struct JournalPlace {
  base::LogMark mark;  // of the last record that was read
  int64_t next = 0;  // from here: further back than behind it where a record in parts is under way
};

class BookKeeper {
 public:
  explicit BookKeeper(base::Calendar calendar);

  // Before anything is folded: the book of a snapshot.
  void start_from(alerts::Book book);
  alerts::FoldOutcome fold(base::JournalOffset offset, const alerts::JournalEntry& entry);
  void skip(base::JournalOffset offset);
  // Makes what was folded visible. `caught_up`: the journal was read to its end. `place`: so far.
  void publish(bool caught_up, const JournalPlace& place = {});

  std::shared_ptr<const alerts::Book> view() const;
  // The same, with the place in the journal that it was made from.
  std::pair<std::shared_ptr<const alerts::Book>, JournalPlace> view_and_place() const;
  bool caught_up() const;
  // The record of `tick` that counts, among the latest kJournaledTicksKept; with its book before it
  // where it was one of the latest kBooksBeforeKept read since the journal was first read to its
  // end.
  std::optional<JournaledTick> journaled(base::PeriodIndex tick) const;
  // Waits until the published book has folded `offset`; what became of that record, or nullopt when
  // the deadline came first.
  std::optional<alerts::FoldOutcome> wait_for(base::JournalOffset offset, absl::Time deadline);
  // Waits until anything changes, at most `wait`.
  void wait_for_news(base::JournalOffset seen, absl::Duration wait);
  // Wakes all who wait; they find that nothing more will come.
  void stop();

 private:
  std::shared_ptr<const alerts::Book> before(const alerts::TickEvaluated& tick) const;
  void remember(JournaledTick tick);

  static constexpr size_t kOutcomesKept = 4096;

  alerts::Book book_;                     // journal thread only
  base::JournalOffset last_tick_at_{-1};  // as well: the record of the last tick that counts
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const alerts::Book> published_;
  JournalPlace place_;
  std::deque<std::pair<base::JournalOffset, alerts::FoldOutcome>> outcomes_;
  std::deque<JournaledTick> ticks_;  // that count, in their order, without gaps
  bool caught_up_ = false;
  bool stopped_ = false;
};

}  // namespace bellwether::runtime
