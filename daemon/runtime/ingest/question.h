// Purpose: a question to the ledgers of all partitions at once. Each worker answers for its
// partitions. Invariants: each partition answers at most once, and none answers after wait() has
// returned, so the question may refer to the caller's stack.
// Thread safety: all functions may be called from any thread; wait() once.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/base/ids.h"
#include "core/ledger/ledger.h"

namespace bellwether::runtime {

// Called for several partitions at the same time.
using LedgerQuestion = std::function<void(base::PartitionId, const ledger::Ledger&)>;

class Question {
 public:
  Question(LedgerQuestion ask, size_t partitions)
      : ask_(std::move(ask)), partitions_(partitions), open_(partitions) {}

  // Called by the owner of a ledger. Does nothing after wait() has ended.
  void answer(base::PartitionId partition, const ledger::Ledger& ledger);
  // The owners stop: no more answers come.
  void stop();
  // Waits for a partition that is answering at the deadline. Errors: DeadlineExceeded, with the
  // number of partitions that have not answered; Cancelled after stop().
  absl::Status wait(absl::Time deadline);

 private:
  LedgerQuestion const ask_;
  size_t const partitions_;
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t open_;  // partitions that have not answered
  size_t answering_ = 0;
  bool stopped_ = false;
  bool closed_ = false;  // wait() has ended and takes no more answers
};

}  // namespace bellwether::runtime
