// Purpose: the metrics of a connector, for Prometheus.
// Thread safety: all functions may be called from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "adapters/metrics/exposer.h"
#include "core/domain/topics.h"

namespace prometheus {
class Counter;
class Gauge;
class Registry;
template <typename T>
class Family;
}  // namespace prometheus

namespace bellwether::cli {

// What a connector reads: the source of a stream, or of its files.
class SourceMetrics {
 public:
  SourceMetrics(prometheus::Registry& registry, const std::string& stream);
  void line();
  void heard(int64_t now_ms);
  // How far it was read for good.
  void read_to(int64_t timepoint, int64_t published_ms);
  void connected(bool yes);
  void reconnects();

 private:
  prometheus::Counter& lines_;
  prometheus::Counter& reconnects_;
  prometheus::Gauge& connected_;
  prometheus::Gauge& timepoint_;
  prometheus::Gauge& published_;
  prometheus::Gauge& heard_;
};

class ConnectMetrics {
 public:
  ConnectMetrics();
  ~ConnectMetrics();
  // Serves them on the port; 0: a free one. Error: Unavailable.
  absl::Status serve(int port);
  int port() const;
  // What /readyz says: OK and status 200, or why not and 503. At first it is ready.
  void not_ready(const std::string& why);
  void ready() { not_ready(""); }

  void said(domain::Topic topic);
  void refused(std::string_view reason);
  void committed(int64_t now_ms);
  prometheus::Registry& registry() { return *registry_; }

 private:
  std::shared_ptr<prometheus::Registry> const registry_;
  std::shared_ptr<prometheus::Collectable> const process_;
  std::array<prometheus::Counter*, domain::kTopicCount> said_{};
  prometheus::Family<prometheus::Counter>& refused_;
  prometheus::Gauge& committed_;
  std::mutex mutex_;
  std::string not_ready_;                      // guarded by mutex_
  std::unique_ptr<metrics::Exposer> exposer_;  // last: it stops before the others end
};

}  // namespace bellwether::cli
