// Purpose: the ingest side of the process. Workers read their partitions, decode, fold, write dead
// letters, and hand over closed ticks in order. Invariants: a partition belongs to one worker. A
// tick is handed over only after every dead letter before its cut is acknowledged, because the cut
// is the offset that counts as done.
// Thread safety: all public functions may be called from any thread; take() by one thread at a
// time.
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
#include "core/engine/tick_source.h"
#include "core/events/decoder.h"
#include "runtime/ingest/lane_report.h"
#include "runtime/ingest/question.h"

namespace bellwether::runtime {

struct IngestOptions {
  kafka::ClientOptions client;
  kafka::ConsumerTuning tuning;
  std::vector<std::string> topics;   // by input
  std::vector<events::Topic> kinds;  // by input: the kind of topic
  int partitions = 1;
  int workers = 1;                  // threads, but at most one per partition
  engine::PartitionOptions engine;  // its member `inputs` is set from topics
};

class Ingest final : public engine::TickSource {
 public:
  // Workers call `ticked` when a tick is ready. The arguments passed by reference must outlive this
  // object. `restored`: by partition, the state from which a lane resumes; if empty, all lanes
  // begin with the log.
  static absl::StatusOr<std::unique_ptr<Ingest>> start(
      IngestOptions options, std::vector<snapshot::RestoredPartition> restored,
      const events::Decoder& decoder, kafka::DeadLetters& dead_letters,
      std::function<void()> ticked, base::LogFn log);
  ~Ingest() override;

  int partitions() const override { return options_.partitions; }
  engine::Front front(int partition) const override;
  std::optional<engine::PartitionTick> take(int partition) override;
  size_t ticks_waiting() const;

  // The state of every partition between two records, with the closed ticks that nobody has taken.
  // Each partition first waits until the dead letters of all records that it has read are
  // acknowledged. nullopt if a partition still waits at the deadline. REQUIRES: nobody takes ticks
  // during the call. Until thaw(), which must be called after the images are destroyed, the
  // partitions copy the data that they change.
  std::optional<std::vector<snapshot::PartitionImage>> images(absl::Time deadline);
  void thaw();

  // Asks `question` of the ledger of every partition, each on its worker between two records. No
  // partition waits for another, and none is asked after the return. Errors: DeadlineExceeded;
  // Cancelled if the workers stop. Some partitions may have answered even then.
  absl::Status ask(LedgerQuestion question, absl::Time deadline);

  std::vector<LaneReport> reports() const;  // by partition
  bool broker_reachable() const { return consumer_->broker_reachable(); }
  void serve_callbacks() { consumer_->serve_callbacks(); }
  // Workers stop after the current record.
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
