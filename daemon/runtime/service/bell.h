// Purpose: tells listeners that something has changed. The listeners find out for themselves what
// has changed.
// Thread safety: all functions may be called from any thread. Listeners are called on the thread
// that calls ring(), and must not subscribe or unsubscribe during that call.
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
  // The listener is called until the subscription is destroyed, and not after that.
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
