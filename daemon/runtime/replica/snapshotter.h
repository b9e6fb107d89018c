// Purpose: takes snapshots while the stream continues. It asks the lanes for their state between
// two records and the evaluation for its state between two ticks, and writes both on its own
// thread. Invariants: only one snapshot is written at a time. A failure is logged and counted, and
// the next turn tries again; earlier snapshots stay.
// Thread safety: due() and take() belong to the evaluation's thread; report() may be called from
// any.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "absl/time/time.h"
#include "adapters/kafka/client.h"
#include "adapters/snapshot/store.h"
#include "core/base/log.h"
#include "runtime/journal/book_keeper.h"

namespace bellwether::runtime {

struct SnapshotReport {
  bool enabled = false;
  base::UnixMillis taken_at;  // time of the newest snapshot's state; 0: no snapshot
  uint64_t bytes = 0;         // size of the newest snapshot
  double seconds = 0;         // time to write it
  double pause_seconds = 0;   // time that ticks waited for it
  int64_t taken = 0;
  int64_t failed = 0;
  std::string error;  // error of the last attempt; empty if it succeeded
};

// Functions of Ingest.
struct LaneImages {
  // The images of every partition between two records; nullopt if the deadline came first.
  std::function<std::optional<std::vector<snapshot::PartitionImage>>(absl::Time deadline)> take;
  // Call after the images are destroyed.
  std::function<void()> thaw;
};

// The records that the figures lack permanently. Called after the lanes, so that it includes the
// records that they have read.
using LackingFn = std::function<std::vector<std::string>()>;

class Snapshotter {
 public:
  struct Newest {
    base::UnixMillis taken_at;
    uint64_t bytes = 0;
  };
  // `store` is open, and no other object uses it. `restored`: the snapshot from which the process
  // started.
  Snapshotter(snapshot::Store store, snapshot::Identity identity, absl::Duration every,
              LaneImages lanes, LackingFn lacking, std::optional<Newest> restored, base::LogFn log);
  ~Snapshotter();

  bool due() const;
  // Call between two ticks. Waits for the lanes, at most one second. The book is that of the tick
  // or later.
  void take(const engine::EvaluatorState& evaluation, std::vector<alerts::CutOffset> cut,
            const BookKeeper::Published& journal);
  SnapshotReport report() const;
  // Waits until the current snapshot is written.
  void stop();

 private:
  void run();
  bool last_stands() const;
  void failed(const absl::Status& why);
  void write(const snapshot::Image& image);

  snapshot::Store store_;
  snapshot::Identity const identity_;
  absl::Duration const every_;
  LaneImages const lanes_;
  LackingFn const lacking_;
  base::LogFn log_;
  absl::Time next_at_;  // evaluation's thread
  std::vector<std::vector<int64_t>>
      last_;  // next offsets in the newest snapshot; evaluation's thread
  base::JournalOffset last_journal_{-1};  // offset of the book in the newest snapshot
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<snapshot::Image> image_;  // the image to write
  bool busy_ = false;
  bool stop_ = false;
  SnapshotReport report_;
  absl::StatusCode told_ =
      absl::StatusCode::kOk;  // code of the last attempt; a failure is logged when it changes
  std::thread thread_;
};

// Calls in at most `workers` threads at the same time.
snapshot::EachInParallel in_threads(int workers);

}  // namespace bellwether::runtime
