#include "cli/connect/stream_inbox.h"

#include <chrono>
#include <iterator>
#include <utility>

namespace bellwether::cli {

void StreamInbox::put(std::vector<Arrived> some) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return bytes_ <= kInboxBytesMax || stopped_; });
  if (stopped_) return;
  bool const was_empty = lines_.empty();
  for (const Arrived& each : some) bytes_ += sizeof each + each.text.size();
  std::move(some.begin(), some.end(), std::back_inserter(lines_));
  if (was_empty) changed_.notify_all();  // otherwise the taker knows
}

void StreamInbox::fail(const absl::Status& status) {
  std::lock_guard const lock(mutex_);
  if (error_.ok()) error_ = status;
  changed_.notify_all();
}

std::deque<Arrived> StreamInbox::take(int64_t wait_ms) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(wait_ms),
                    [this] { return !lines_.empty() || stopped_ || !error_.ok(); });
  bytes_ = 0;
  changed_.notify_all();
  return std::exchange(lines_, {});
}

absl::Status StreamInbox::error() const {
  std::lock_guard const lock(mutex_);
  return error_;
}

void StreamInbox::stop() {
  std::lock_guard const lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

void StreamInbox::sleep(int64_t ms) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(ms), [this] { return stopped_; });
}

}  // namespace bellwether::cli
