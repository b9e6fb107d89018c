#include "runtime/service/stop.h"

#include <algorithm>

#include "absl/time/clock.h"

namespace bellwether::runtime {

void Stop::request(Exit exit) {
  {
    std::lock_guard lock(mutex_);
    if (requested_) return;
    requested_ = true;
    exit_ = exit;
    deadline_ = absl::Now() + drain_timeout_;
  }
  changed_.notify_all();
}

bool Stop::requested() const {
  std::lock_guard lock(mutex_);
  return requested_;
}

bool Stop::pause(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, wait, [this] { return requested_; });
}

Exit Stop::exit() const {
  std::lock_guard lock(mutex_);
  return exit_;
}

absl::Time Stop::deadline() const {
  std::lock_guard lock(mutex_);
  return deadline_;
}

absl::Duration Stop::time_left() const {
  return std::max(absl::ZeroDuration(), deadline() - absl::Now());
}

}  // namespace bellwether::runtime
