// Purpose: tells listeners that something has changed, without saying what: they look themselves.
// Thread safety: all functions may be called from any thread; a listener is called from whichever
// thread rings, and must neither listen nor leave in there.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <shared_mutex>

namespace bellwether::runtime {

class Bell {
 public:
  using Listener = std::function<void()>;
  // Listens until it is destroyed. Afterwards the listener is not called any more.
  using Subscription = std::unique_ptr<const Listener, std::function<void(const Listener*)>>;

  // The bell must outlive the subscription.
  [[nodiscard]] Subscription listen(Listener listener) {
    std::unique_lock lock(mutex_);
    auto const at = listeners_.insert(listeners_.end(), std::move(listener));
    return {&*at, [this, at](const Listener*) {
              std::unique_lock leaving(mutex_);
              listeners_.erase(at);
            }};
  }
  void ring() const {
    std::shared_lock lock(mutex_);
    for (const Listener& each : listeners_) each();
  }

 private:
  mutable std::shared_mutex mutex_;
  std::list<Listener> listeners_;
};

}  // namespace bellwether::runtime
