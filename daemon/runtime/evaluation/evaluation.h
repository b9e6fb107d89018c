// Purpose: the evaluation thread. It aligns the ticks of a source's partitions and adds them to the
// panel. As the leader it judges the ticks. As a follower it waits for the leader's verdict and
// compares its own verdict with it. It then publishes the view.
// Thread safety: all public functions may be called from any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/base/log.h"
#include "core/engine/evaluator.h"
#include "core/engine/tick_source.h"
#include "runtime/evaluation/views.h"
#include "runtime/journal/divergence.h"
#include "runtime/journal/journal.h"
#include "runtime/replica/snapshotter.h"

namespace bellwether::runtime {

struct EvaluationOptions {
  engine::EvaluatorOptions evaluator;
  std::vector<std::string> topics;  // Kafka names by input, for the cut
  int64_t historical_after_ms = 172'800'000;
};

struct EvaluationReport {
  std::optional<base::PeriodIndex> tick;  // the last tick added to the panel
  double evaluate_seconds = 0;            // time to judge the last tick
  int32_t series_assessed = 0;
  size_t panel_bytes = 0;
  int64_t ticks = 0;
  double waiting_seconds = 0;  // wait of the current tick for a verdict; 0: none waits
  // The comparison of this replica's ticks with those that other replicas, or its own earlier runs,
  // have journaled.
  DivergenceReport divergence;
};

class Evaluation {
 public:
  struct Collaborators {
    engine::TickSource& ticks;
    Journal& journal;
    BookKeeper& keeper;
    Views& views;
    Snapshotter* snapshotter;  // null: no snapshots are taken
    std::function<bool()> is_leader;
    std::function<void(double seconds)> evaluated;  // called after a tick was judged here
    std::function<void(double seconds)> appended;   // called after the journal took the verdict
    std::function<void()> published;                // called after readers got a new view
    base::LogFn log;
  };
  // The state from which an evaluation resumes.
  struct Restored {
    snapshot::RestoredEvaluation evaluation;
    std::vector<alerts::CutOffset> cut;
  };
  Evaluation(std::shared_ptr<const reference::Reference> reference, EvaluationOptions options,
             alerts::RuleSet rules, std::optional<Restored> restored, Collaborators with);
  ~Evaluation();

  // Call when a tick is ready or the book has changed.
  void wake();
  // The rules of a reloaded configuration. Any replica puts them into force through the journal,
  // once. The rules that were read last, at a start or on SIGHUP, are in force. A change of leader
  // does not change the rules.
  void set_rules(alerts::RuleSet rules);
  EvaluationReport report() const;
  void stop();

 private:
  void run();
  bool step();  // false if there was nothing to do
  void settle(base::PeriodIndex tick);
  bool judge(base::PeriodIndex tick);
  void hold_against_journal(base::PeriodIndex tick);
  void activate_rules();
  std::vector<alerts::CutOffset> cut() const;
  void take_snapshot();
  void publish(bool at_once);
  void prepare();

  std::shared_ptr<const reference::Reference> reference_;
  EvaluationOptions options_;
  Collaborators with_;
  engine::Evaluator evaluator_;
  std::map<std::pair<size_t, int32_t>, base::Offset> cut_;  // by input and partition
  std::optional<base::PeriodIndex> last_;
  bool own_counts_ = false;  // the journal's verdict on last_ was written by this evaluation
  Comparisons comparisons_;
  bool unpublished_ = false;
  size_t unprepared_ = 0;
  absl::Time published_at_ = absl::InfinitePast();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool news_ = false;
  std::optional<alerts::RuleSet> new_rules_;  // read, but not yet in the journal
  EvaluationReport report_;
  absl::Time waiting_since_ = absl::InfiniteFuture();
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace bellwether::runtime
