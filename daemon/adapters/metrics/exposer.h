// Purpose: serves /metrics, /healthz and /readyz over HTTP, to GET and HEAD, on one port.
// prometheus-cpp's own Exposer cannot serve paths other than metrics, and does not give access to
// its server.
// Thread safety: all public functions may be called from any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "prometheus/collectable.h"

namespace bellwether::metrics {

struct Health {
  bool ok = false;
  std::string text;  // for people: the reason if not ok
};

class Exposer {
 public:
  // `address`: host:port; port 0 takes a free port. `ready`: what /readyz says; /healthz says that
  // the process answers. Error: Unavailable if the address cannot be bound.
  static absl::StatusOr<std::unique_ptr<Exposer>> start(const std::string& address,
                                                        std::function<Health()> ready);
  ~Exposer();
  // Collected at every scrape. Held as a weak pointer.
  void add(std::weak_ptr<prometheus::Collectable> collectable);
  int port() const;

 private:
  class Impl;
  explicit Exposer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The process_* metrics, named as in Prometheus' client libraries, from /proc.
std::shared_ptr<prometheus::Collectable> process_collector();

}  // namespace bellwether::metrics
