// Purpose: takes snapshots while the stream goes on: asks the lanes for what they are between two
// records, the evaluation for what it is between two ticks, and writes both on a thread of its own.
// Invariants: one is written at a time. A failure is logged and counted, and the next turn tries
// again; earlier snapshots stay. Thread safety: due() and take() belong to the evaluation's
// thread; report() may be called from any.
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
  base::UnixMillis taken_at;  // the newest holds the state of this instant; 0: there is none
  uint64_t bytes = 0;         // of it
  double seconds = 0;         // that it took to write
  double pause_seconds = 0;   // that ticks waited for it
  int64_t taken = 0;
  int64_t failed = 0;
  std::string error;  // of the last attempt; empty when it went well
};

// Of Ingest.
struct LaneImages {
  // Every partition between two records; nullopt when the deadline came first.
  std::function<std::optional<std::vector<snapshot::PartitionImage>>(absl::Time deadline)> take;
  // The images are gone.
  std::function<void()> thaw;
};

// What the figures lack for good; asked after the lanes, so that it covers what they have read.
using LackingFn = std::function<std::vector<std::string>()>;

class Snapshotter {
 public:
  // `store` is open and is used by nobody else.
  // `restored`: when the snapshot from which the process has started was taken.
  Snapshotter(snapshot::Store store, snapshot::Identity identity, absl::Duration every,
              LaneImages lanes, LackingFn lacking, std::optional<base::UnixMillis> restored,
              base::LogFn log);
  ~Snapshotter();

  bool due() const;
  // Between two ticks. Waits for the lanes, a second at most. `book` is of the tick or later.
  void take(const engine::EvaluatorState& evaluation, std::vector<alerts::CutOffset> cut,
            std::shared_ptr<const alerts::Book> book, const JournalPlace& journal);
  SnapshotReport report() const;
  // Waits until what is being written is whole.
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
      last_;                              // next offsets that the newest holds; evaluation's thread
  base::JournalOffset last_journal_{-1};  // and of the book in it
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<snapshot::Image> image_;  // to be written
  bool busy_ = false;
  bool stop_ = false;
  SnapshotReport report_;
  absl::StatusCode told_ =
      absl::StatusCode::kOk;  // why the last attempt failed: logged when it changes
  std::thread thread_;
};

// Calls in threads, at most `workers` at a time.
snapshot::EachInParallel in_threads(int workers);

}  // namespace bellwether::runtime
