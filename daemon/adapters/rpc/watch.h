// Purpose: WatchAlerts: each watcher receives the book's transitions after its resume token, and
// then the new ones. The watch of a client that stops reading ends, so that it uses no memory.
// Thread safety: all public functions may be called from any thread.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "adapters/rpc/calls.h"
#include "adapters/rpc/filter.h"
#include "adapters/rpc/server.h"
#include "adapters/rpc/watchers.h"
#include "bellwether/alerts/v1/alerts.grpc.pb.h"

namespace bellwether::rpc {

// For the filter of a request. Call it before the view is taken, so that a known journal is in it.
inline FilterNames names_known(const Backend& backend) {
  return backend.journal_read() ? FilterNames::kKnown : FilterNames::kAny;
}

class Watcher;

// All open watches, and the thread that wakes them.
class Watchers {
 public:
  Watchers(Backend backend, CallNoter observer, int watchers_max);
  ~Watchers();

  // The reactor of a new watch, which deletes itself. A refused watch finishes at once with the
  // reason. `access`: whether the caller may watch.
  grpc::ServerWriteReactor<alerts::v1::WatchAlertsResponse>* watch(
      const alerts::v1::WatchAlertsRequest& request, const grpc::Status& access);
  void notify();
  WatcherCounts counts() const;
  // Ends all watches with UNAVAILABLE and refuses new ones.
  void stop();

 private:
  friend class Watcher;
  void remove(Watcher* watcher);
  void run();

  Backend backend_;
  CallNoter const observer_;
  int const watchers_max_;
  std::atomic<int> count_{0};
  std::atomic<int64_t> refused_{0};
  std::atomic<int64_t> too_slow_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable removed_;
  std::set<Watcher*> all_;
  bool news_ = false;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace bellwether::rpc
