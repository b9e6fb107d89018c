// Purpose: a running replica: all parts that read, fold, judge and write. Invariants: it is
// complete once constructed. Its destruction is the drain: parts end in the reverse order of their
// declaration, so each part may use the parts declared before it until it ends, and the producers
// write the remaining records last.
// Thread safety: append(), set_rules() and the parts on the status board may be called from any
// thread until the destruction begins; the rest belongs to one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/kafka/dead_letters.h"
#include "adapters/kafka/journal.h"
#include "adapters/snapshot/store.h"
#include "runtime/evaluation/evaluation.h"
#include "runtime/evaluation/forecasting.h"
#include "runtime/ingest/ingest.h"
#include "runtime/ingest/topic_watch.h"
#include "runtime/journal/journal.h"
#include "runtime/replica/snapshotter.h"
#include "runtime/service/foundation.h"
#include "runtime/service/outbox.h"
#include "runtime/service/owned.h"
#include "runtime/service/readiness.h"

namespace bellwether::runtime {

// The state from which the replica has started.
struct Origin {
  std::string from;                  // as Start::from
  std::vector<std::string> lacking;  // records that the snapshot lacks permanently
  double restore_seconds = 0;        // 0: no snapshot was read
  std::optional<Snapshotter::Newest> snapshot;
};

// The store for snapshots, and their identity.
struct SnapshotPlace {
  snapshot::Store store;  // already open
  snapshot::Identity identity;
};

// The parts whose start may fail; all have started.
struct Started {
  Owned<Outbox> letters_outbox;
  Owned<Outbox> journal_outbox;
  Owned<kafka::DeadLetters> dead_letters;
  Owned<kafka::DeadLetterReader> letters_reader;
  Owned<Journal> journal;
  Owned<kafka::Leadership> leadership;
  Owned<Ingest> ingest;
};

class Running {
 public:
  Running(Foundation& foundation, Started started, Origin origin,
          std::optional<SnapshotPlace> snapshots, alerts::RuleSet rules,
          std::optional<Evaluation::Restored> evaluation);
  ~Running();

  // The same as rpc::Backend::append.
  absl::StatusOr<base::JournalOffset> append(const alerts::JournalEntry& entry,
                                             absl::Time deadline);
  void set_rules(alerts::RuleSet rules) { evaluation_.set_rules(std::move(rules)); }
  // Work that the parts need done regularly. Called by the main loop.
  void housekeep();
  // Gives up leadership early, so that another replica need not wait for the drain.
  void hand_over();

 private:
  // Ends the waits for the journal, so that the waiting threads can end.
  struct EndOfWaits {
    ~EndOfWaits();
    BookKeeper& keeper;
    kafka::Producer& producer;
  };

  std::vector<StatusBoard::Posting> post_parts();
  Part journal_part();
  Part lead_part();
  Part ingest_part();
  Part watch_part();
  Part evaluation_part();
  Part letters_part();
  Part snapshot_part();
  std::vector<std::string> lacking(const std::vector<LaneReport>& lanes) const;
  Snapshotter* open_snapshotter(std::optional<SnapshotPlace> snapshots);
  EvaluationOptions evaluation_options() const;

  Foundation& foundation_;
  Origin const origin_;
  Started started_;
  Forecasting forecasting_;
  std::optional<Snapshotter> snapshotter_;  // set if a folder is configured
  Evaluation evaluation_;
  Bell::Subscription const evaluation_news_;
  EndOfWaits const end_of_waits_;
  TopicWatch watch_;
  FiguresWatch figures_watch_;  // used by StatusBoard::refresh() alone
  std::vector<StatusBoard::Posting> const postings_;
};

}  // namespace bellwether::runtime
