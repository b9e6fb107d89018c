// Purpose: /metrics, /healthz and /readyz over HTTP, on one port: prometheus-cpp's own Exposer has
// no room for other paths than those of metrics, and does not hand out its server.
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
  std::string text;  // for a person: why not
};

class Exposer {
 public:
  // `address`: host:port; port 0 picks a free one. Error: Unavailable when it cannot be bound.
  static absl::StatusOr<std::unique_ptr<Exposer>> start(const std::string& address,
                                                        std::function<Health()> alive,
                                                        std::function<Health()> ready);
  ~Exposer();
  // Collected at every scrape; held weakly.
  void add(std::weak_ptr<prometheus::Collectable> collectable);
  int port() const;

 private:
  class Impl;
  explicit Exposer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// process_* metrics as Prometheus' client libraries name them, from /proc.
std::shared_ptr<prometheus::Collectable> process_collector();

}  // namespace bellwether::metrics
