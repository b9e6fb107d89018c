// Purpose: the metrics of the process: latency histograms, and the counters of workers and loops,
// which are read at every scrape. The number of labels is limited: topics, partitions, kinds,
// outcomes, reasons, rules.
// Thread safety: all public functions may be called from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/cgroup/limits.h"
#include "adapters/rpc/server.h"
#include "adapters/rpc/snapshots.h"
#include "adapters/rpc/watchers.h"
#include "core/alerts/book.h"
#include "core/engine/view.h"
#include "prometheus/collectable.h"
#include "prometheus/counter.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "runtime/evaluation/evaluation.h"
#include "runtime/evaluation/forecasting.h"
#include "runtime/ingest/lane_report.h"
#include "runtime/replica/peer_transfer.h"
#include "runtime/replica/snapshotter.h"
#include "runtime/service/kafka_clients.h"
#include "runtime/service/not_ready.h"

namespace bellwether::runtime {

// At most so many open alerts have a series of their own; the others are counted.
inline constexpr size_t kAlertSeriesMax = 1'000;

// All values that a scrape reads.
struct Scrape {
  std::string version;
  std::string config_digest;
  std::vector<LaneReport> lanes;
  std::map<std::string, int> partitions_unread;  // by topic
  EvaluationReport evaluation;
  ForecastingReport forecasting;
  SnapshotReport snapshot;
  double restore_seconds = 0;  // time to read the snapshot at the start; 0: none was read
  std::optional<PeerTransferCounts> peer_transfers;  // nullopt without peers
  rpc::TransferCounts transfers;                     // transfers to other replicas
  std::shared_ptr<const engine::View> view;
  bool leader = false;
  std::optional<NotReadyReason> not_ready;  // nullopt: ready
  bool broker_reachable = false;
  int64_t leadership_changes = 0;
  int64_t dead_letters_written = 0;
  int64_t dead_letters_failed = 0;
  size_t dead_letters_in_flight = 0;
  int64_t journal_unreadable = 0;
  rpc::WatcherCounts watchers;
  KafkaStatistics kafka;
  cgroup::Limits limits;
  std::optional<base::Days> last_holiday;       // of time.holidays
  std::optional<base::Days> last_desk_holiday;  // of desk.holidays
  base::UnixMillis now;
};

class Instruments {
 public:
  Instruments();

  prometheus::Histogram& evaluation() { return *evaluation_; }
  prometheus::Histogram& journal() { return *journal_; }
  prometheus::Histogram& transition_delay() { return *transition_delay_; }
  void call(const rpc::Method& method, int code, double seconds);
  std::shared_ptr<prometheus::Registry> registry() { return registry_; }

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Histogram* evaluation_;
  prometheus::Histogram* journal_;
  prometheus::Histogram* transition_delay_;
  // Of a method; all exist from the start, so that the first error is a rise from 0.
  struct Calls {
    std::vector<prometheus::Counter*> handled;  // by code
    prometheus::Histogram* seconds = nullptr;
  };
  std::map<std::string, Calls> calls_;  // by the name of the method
};

// Creates its metric families at every scrape.
std::shared_ptr<prometheus::Collectable> scrape_collector(std::function<Scrape()> scrape);

}  // namespace bellwether::runtime
