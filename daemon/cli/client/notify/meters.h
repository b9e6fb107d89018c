// Purpose: what Prometheus and the probes of Kubernetes are told of `bellwether notify`: whether
// each target is told, since when something fails, and what was delivered or given up.
// Thread safety: any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/metrics/exposer.h"
#include "core/base/log.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"

namespace bellwether::cli {

// What can fail on the way to one target ("alertmanager", "webhook").
class TargetMeters {
 public:
  TargetMeters(prometheus::Registry& registry, const char* target);
  const char* target() const { return target_; }

  // The Unix times in seconds since when each fails; 0: it works.
  prometheus::Gauge& asking;   // the daemon for alerts
  prometheus::Gauge& saving;   // the state
  prometheus::Gauge& sending;  // to the target
  prometheus::Gauge& signing;  // the secret cannot be read
  prometheus::Counter& delivered;
  prometheus::Counter& failed;        // deliveries that are tried again
  prometheus::Counter& dead_letters;  // given up
  prometheus::Gauge& delivered_at;    // Unix time of the last delivery; 0: none yet
  prometheus::Gauge& alerts;          // open, as far as they are known
  prometheus::Gauge& left_out;        // open alerts that are not told, because there are too many

  // What fails, for people; empty: nothing.
  std::string failing() const;

 private:
  const char* const target_;
};

// Says of failures in a row the first and some of the others, and their end; keeps since when.
class Failures {
 public:
  // `since`: one of the gauges above.
  Failures(const base::LogFn& log, const char* part, prometheus::Gauge& since)
      : log_(log), part_(part), since_(since) {}
  void add(const std::string& what);
  void end(const std::string& what);
  int count() const { return count_; }  // in a row

 private:
  const base::LogFn& log_;
  const char* const part_;
  prometheus::Gauge& since_;
  int count_ = 0;
};

// Serves the metrics, /healthz, and /readyz, which fails while something does.
class Meters {
 public:
  explicit Meters(const std::vector<const char*>& targets);
  TargetMeters& of(const char* target);
  // `address`: host:port, served until this is destroyed. Error: Unavailable.
  absl::Status serve(const std::string& address);
  int port() const { return exposer_->port(); }  // REQUIRES: served

 private:
  std::shared_ptr<prometheus::Registry> const registry_ = std::make_shared<prometheus::Registry>();
  std::vector<std::unique_ptr<TargetMeters>> targets_;
  std::shared_ptr<prometheus::Collectable> const process_ = metrics::process_collector();
  std::unique_ptr<metrics::Exposer> exposer_;
};

}  // namespace bellwether::cli
