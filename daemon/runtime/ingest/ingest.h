// Purpose: the ingest side of the process: workers that read the partitions assigned to them,
// decode, fold, write dead letters, and hand closed ticks on in order. Invariants: a partition
// belongs to one worker. A tick is handed on only when every dead letter before its cut is
// acknowledged: the cut is the offset that counts as done. Thread safety: all public functions may
// be called from any thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/kafka/consumer.h"
#include "adapters/kafka/dead_letters.h"
#include "adapters/snapshot/image.h"
#include "core/base/log.h"
#include "core/engine/partition_engine.h"
#include "core/engine/view.h"
#include "core/events/decoder.h"

namespace bellwether::runtime {

struct IngestOptions {
  kafka::ClientOptions client;
  kafka::ConsumerTuning tuning;
  std::vector<std::string> topics;   // by input
  std::vector<events::Topic> kinds;  // by input: what the topic carries
  int partitions = 1;
  int workers = 0;                  // 0 = one a core, at most one a partition
  engine::PartitionOptions engine;  // inputs is set from topics
};

// A copy of a partition's counters, taken now and then by its worker.
struct LaneReport {
  std::vector<engine::InputReport> inputs;
  engine::PartitionReport partition;
  engine::PartitionCounts counts;
  std::vector<engine::SourceReport> sources;
};

class Ingest {
 public:
  // `ticked` is called from workers when a tick is ready. What is passed by reference must outlive
  // it. `restored`: by partition, what lanes go on from; empty: from the beginning of the log.
  static absl::StatusOr<std::unique_ptr<Ingest>> start(
      IngestOptions options, std::vector<snapshot::RestoredPartition> restored,
      const events::Decoder& decoder, kafka::DeadLetters& dead_letters,
      std::function<void()> ticked, base::LogFn log);
  ~Ingest();

  int partitions() const { return options_.partitions; }
  // The period of the next tick of a partition, if it is ready; and that tick itself.
  std::optional<engine::PeriodIndex> next_tick(int partition) const;
  std::optional<engine::PartitionTick> take_tick(int partition);
  // No tick of the partition before this one will come; nullopt while that is not known.
  std::optional<engine::PeriodIndex> floor(int partition) const;
  size_t ticks_waiting() const;

  // Every partition between two records, with what it has closed and nobody has taken, as soon as
  // the dead letters of all that it read are acknowledged; nullopt when that is not so in time. Who
  // takes ticks must not do so meanwhile. Until thaw(), which comes once the images are gone, what
  // changes is copied first.
  std::optional<std::vector<snapshot::PartitionImage>> images(absl::Time deadline);
  void thaw();

  std::vector<LaneReport> reports() const;
  bool broker_reachable() const { return consumer_->broker_reachable(); }
  void serve_callbacks() { consumer_->serve_callbacks(); }
  // Workers stop after the record in hand.
  void stop();

 private:
  class Lane;
  class Worker;
  struct ImageRequest;
  Ingest(IngestOptions options, const events::Decoder& decoder, kafka::DeadLetters& dead_letters,
         std::function<void()> ticked, base::LogFn log);

  IngestOptions options_;
  const events::Decoder& decoder_;
  kafka::DeadLetters& dead_letters_;
  std::function<void()> ticked_;
  base::LogFn log_;
  std::atomic<bool> stop_{false};
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::unique_ptr<kafka::InputConsumer> consumer_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace bellwether::runtime
