// Purpose: the one place where the alert book is folded; others read published copies and wait for
// records of their own to appear.
// Thread safety: fold and publish belong to the journal's thread; the rest may be called from any.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "alerts/book.h"
#include "snapshot/image.h"

namespace bellwether::runtime {

// Where a reader of the journal goes on that has the book.
struct JournalPlace {
  snapshot::Mark mark;  // of the last record that was read
  int64_t next = 0;     // from here: further back than behind it where a record in parts is under way
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
  // Waits until the published book has folded `offset`; what became of that record, or nullopt when
  // the deadline came first.
  std::optional<alerts::FoldOutcome> wait_for(base::JournalOffset offset, absl::Time deadline);
  // Waits until anything changes, at most `wait`.
  void wait_for_news(base::JournalOffset seen, absl::Duration wait);
  // Wakes all who wait; they find that nothing more will come.
  void stop();

 private:
  static constexpr size_t kOutcomesKept = 4096;

  alerts::Book book_;  // journal thread only
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const alerts::Book> published_;
  JournalPlace place_;
  std::deque<std::pair<base::JournalOffset, alerts::FoldOutcome>> outcomes_;
  bool caught_up_ = false;
  bool stopped_ = false;
};

}  // namespace bellwether::runtime
