// Purpose: whether the process stops, its exit code, and the deadline for work in progress.
// Thread safety: all functions may be called from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "absl/time/time.h"

namespace bellwether::runtime {

// Exit codes of bellwetherd, as its --help documents them.
enum class Exit : int { kOk = 0, kFailure = 1, kConfig = 2, kAddress = 3, kTopics = 4 };

class Stop {
 public:
  explicit Stop(absl::Duration drain_timeout) : drain_timeout_(drain_timeout) {}

  // The first request sets the exit code and starts the drain's timeout.
  void request(Exit exit);
  bool requested() const;
  // Sleeps. False if a stop is requested, before or during the sleep.
  bool pause(std::chrono::milliseconds wait);
  Exit exit() const;
  // End of the drain; the infinite future before a request.
  absl::Time deadline() const;
  // Time until the deadline, never negative.
  absl::Duration time_left() const;

 private:
  absl::Duration const drain_timeout_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool requested_ = false;
  Exit exit_ = Exit::kOk;
  absl::Time deadline_ = absl::InfiniteFuture();
};

}  // namespace bellwether::runtime
