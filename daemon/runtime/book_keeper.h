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

namespace bellwether::runtime {

class BookKeeper {
 public:
  explicit BookKeeper(base::Calendar calendar);

  alerts::FoldOutcome fold(base::JournalOffset offset, const alerts::JournalEntry& entry);
  void skip(base::JournalOffset offset);
  // Makes what was folded visible. `caught_up`: the journal was read to its end.
  void publish(bool caught_up);

  std::shared_ptr<const alerts::Book> view() const;
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
  std::deque<std::pair<base::JournalOffset, alerts::FoldOutcome>> outcomes_;
  bool caught_up_ = false;
  bool stopped_ = false;
};

}  // namespace bellwether::runtime
