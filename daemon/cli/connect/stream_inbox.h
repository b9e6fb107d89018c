// Purpose: hands the lines of several connections to the one thread that uses them.
// Thread safety: all functions may be called from any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "connect/companies_house/stream_tables.h"

namespace bellwether::cli {

// While the lines take more memory, connections wait.
inline constexpr size_t kInboxBytesMax = size_t{32} << 20;

struct Arrived {
  connect::companies_house::Stream stream{};
  int64_t line = 0;  // from 1, since the start of the process
  std::string text;  // empty: the stream only shows that it is alive
};

class StreamInbox {
 public:
  // Waits while the inbox is full. Does nothing after stop().
  void put(std::vector<Arrived> some);
  // A connection failed for good: the first error counts.
  void fail(const absl::Status& status);
  // All that is there; waits at most so long if there is nothing.
  std::deque<Arrived> take(int64_t wait_ms);
  absl::Status error() const;

  // Ends all waits, now and later.
  void stop();
  // Waits so long, or until stop().
  void sleep(int64_t ms);

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Arrived> lines_;
  size_t bytes_ = 0;
  absl::Status error_;
  bool stopped_ = false;
};

}  // namespace bellwether::cli
