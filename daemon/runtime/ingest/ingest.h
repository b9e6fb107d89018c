// Purpose: the ingest side of the process: workers that read the partitions assigned to them,
// decode, fold, write dead letters, and hand closed ticks on in order. Invariants: a partition
// belongs to one worker. A tick is handed on only when every dead letter before its cut is
// acknowledged: the cut is the offset that counts as done. Thread safety: all public functions may
// be called from any thread; take() by one at a time.
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
  std::vector<events::Topic> kinds;  // by input: what the topic carries
  int partitions = 1;
  int workers = 0;                  // 0 = one a core, at most one a partition
  engine::PartitionOptions engine;  // inputs is set from topics
};

class Ingest final : public engine::TickSource {
 public:
  // `ticked` is called from workers when a tick is ready. What is passed by reference must outlive
  // this. `restored`: by partition, the state in which a lane begins; empty: all begin with the
  // log.
  static absl::StatusOr<std::unique_ptr<Ingest>> start(
      IngestOptions options, std::vector<snapshot::RestoredPartition> restored,
      const events::Decoder& decoder, kafka::DeadLetters& dead_letters,
      std::function<void()> ticked, base::LogFn log);
  ~Ingest() override;

  int partitions() const override { return options_.partitions; }
  engine::Front front(int partition) const override;
  std::optional<engine::PartitionTick> take(int partition) override;
  size_t ticks_waiting() const;

  // The state of every partition between two records, with the ticks that it has closed and nobody
  // has taken. A partition waits until the dead letters of all that it has read are acknowledged;
  // nullopt when one still waits at the deadline. REQUIRES: nobody takes ticks meanwhile. The
  // partitions copy what they change until thaw(), which is called once the images are gone.
  std::optional<std::vector<snapshot::PartitionImage>> images(absl::Time deadline);
  void thaw();

  // Puts `question` to the ledger of every partition, each on its worker between two records. No
  // partition waits for another, and none is asked any more after the return. Errors:
  // DeadlineExceeded, Cancelled when the workers stop; some may have answered nevertheless.
  absl::Status ask(LedgerQuestion question, absl::Time deadline);

  std::vector<LaneReport> reports() const;  // by partition
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
