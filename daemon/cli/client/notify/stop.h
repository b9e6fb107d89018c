// Purpose: ends the threads of `bellwether notify`: their waits, calls and requests.
// Thread safety: any thread.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>

namespace bellwether::cli {

class Stop {
 public:
  void ask() {
    std::lock_guard const lock(mutex_);
    asked_ = true;
    for (grpc::ClientContext* const call : calls_) call->TryCancel();
    changed_.notify_all();
  }
  bool asked() const { return asked_; }
  const std::atomic<bool>& flag() const { return asked_; }

  // Returns earlier if asked.
  void sleep(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [this] { return asked_.load(); });
  }

  // Cancels the call when asked, as long as this object lives.
  class Guard {
   public:
    Guard(Stop& stop, grpc::ClientContext& call) : stop_(stop), call_(call) {
      std::lock_guard const lock(stop_.mutex_);
      stop_.calls_.insert(&call_);
      if (stop_.asked_) call_.TryCancel();
    }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() {
      std::lock_guard const lock(stop_.mutex_);
      stop_.calls_.erase(&call_);
    }

   private:
    Stop& stop_;
    grpc::ClientContext& call_;
  };

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> asked_{false};
  std::set<grpc::ClientContext*> calls_;
};

}  // namespace bellwether::cli
