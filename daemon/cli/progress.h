// Purpose: tells on standard error how far a long command is. Thread safety: one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace bellwether::cli {

// A bar, a rate and the time left. On a terminal one line that is overwritten; otherwise a new line
// every five seconds.
class Progress {
 public:
  // `unit`: the things that are counted, for example "events". `only_end`: nothing is told before
  // the end, because the command prints lines all the time.
  Progress(int64_t total, std::string unit, bool only_end = false)
      : total_(total), unit_(std::move(unit)), only_end_(only_end) {}
  // `where`: what is being done, for example a period. `last`: it is done.
  void tell(int64_t done, const std::string& where, bool last);

 private:
  int64_t const total_;
  std::string const unit_;
  bool const only_end_;
  bool const terminal_ = is_terminal();
  std::chrono::steady_clock::time_point const begin_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point told_;

  static bool is_terminal();
};

}  // namespace bellwether::cli
