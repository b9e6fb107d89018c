// Purpose: takes a replica from its configuration to running: waits for the broker, checks the
// topics, reads a snapshot or begins with the log, and starts the parts that may fail. It tries
// again until all have started. Invariants: the parts of the journal that an attempt has opened
// stay open for the next one, so the journal is folded only once.
// Thread safety: one thread; the part on the status board may be asked from any.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/kafka/dead_letters.h"
#include "adapters/kafka/journal.h"
#include "adapters/kafka/topics.h"
#include "adapters/snapshot/store.h"
#include "runtime/ingest/ingest.h"
#include "runtime/journal/journal.h"
#include "runtime/replica/restore.h"
#include "runtime/service/foundation.h"
#include "runtime/service/outbox.h"
#include "runtime/service/running.h"

namespace bellwether::runtime {

class Boot {
 public:
  explicit Boot(Foundation& foundation);

  // Call once. Null if the process stops first. An error that waiting cannot correct stops the
  // process. Until the replica runs, the status board shows the current step.
  std::unique_ptr<Running> run();

 private:
  // The broker's report on the cluster.
  struct Cluster {
    std::string id;
    int partitions = 1;  // of each input topic
    int dead_letter_partitions = 1;
  };
  struct Letters {
    std::unique_ptr<kafka::DeadLetters> letters;
    std::unique_ptr<kafka::DeadLetterReader> reader;
  };

  std::optional<Cluster> wait_for_cluster();
  absl::StatusOr<Cluster> check_cluster() const;
  bool open_snapshots();
  absl::StatusOr<std::unique_ptr<Running>> attempt(const Cluster& cluster);
  absl::StatusOr<Start> find_start(const Cluster& cluster);
  absl::StatusOr<Letters> open_letters(const Cluster& cluster);
  absl::Status open_outboxes();
  absl::Status open_journal(Start& start);
  absl::Status join_replicas();
  absl::StatusOr<std::unique_ptr<Ingest>> start_ingest(
      const Cluster& cluster, std::vector<snapshot::RestoredPartition> restored,
      kafka::DeadLetters& letters);
  snapshot::Identity identity(const Cluster& cluster) const;
  Part part();

  Foundation& foundation_;
  std::optional<snapshot::Store> store_;  // set if a folder is configured
  mutable std::mutex mutex_;              // protects the two members below
  std::vector<std::string> lacking_;
  bool broker_seen_ = false;

  // What the attempts have opened so far; null if not opened.
  std::unique_ptr<Outbox> letters_outbox_;
  std::unique_ptr<Outbox> journal_outbox_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<kafka::Leadership> leadership_;

  StatusBoard::Posting posting_;
};

}  // namespace bellwether::runtime
