#include "runtime/ingest/question.h"

#include "core/base/text.h"

namespace bellwether::runtime {

void Question::answer(base::PartitionId partition, const ledger::Ledger& ledger) {
  {
    std::lock_guard lock(mutex_);
    if (closed_) return;
    ++answering_;
  }
  ask_(partition, ledger);
  // Notified under the lock, because the caller may destroy this object as soon as it sees the last
  // answer.
  std::lock_guard lock(mutex_);
  --answering_;
  --open_;
  changed_.notify_all();
}

void Question::stop() {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

absl::Status Question::wait(absl::Time deadline) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, absl::ToChronoTime(deadline),
                      [this] { return open_ == 0 || stopped_; });
  closed_ = true;
  changed_.wait(lock, [this] { return answering_ == 0; });
  if (open_ == 0) return absl::OkStatus();
  if (stopped_) return absl::CancelledError("the partitions are no longer read");
  return absl::DeadlineExceededError(
      base::cat(open_, " of ", partitions_, " partitions have not answered in time"));
}

}  // namespace bellwether::runtime
