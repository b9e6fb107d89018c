// Purpose: the evaluation thread: aligns the ticks of a source's partitions, adds them to the
// panel, judges them (as leader) or waits for the leader's judgement and compares its own with it,
// and publishes the view. Thread safety: all public functions may be called from any thread.
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
  std::vector<std::string> topics;  // Kafka names, by input; for the cut
  int64_t historical_after_ms = 172'800'000;
};

struct EvaluationReport {
  std::optional<base::PeriodIndex> tick;  // last one added to the panel
  double evaluate_seconds = 0;            // of the last tick
  int32_t series_assessed = 0;
  size_t panel_bytes = 0;
  int64_t ticks = 0;
  double waiting_seconds = 0;  // how long the tick in hand has been without a verdict; 0: none is
  // Of ticks that others, or earlier runs of this replica, have journaled.
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
    std::function<void(double seconds)> evaluated;  // a tick was judged here
    std::function<void(double seconds)> appended;   // and the journal took it
    std::function<void()> published;                // readers get a new view
    base::LogFn log;
  };
  // The state in which an evaluation begins.
  struct Restored {
    snapshot::RestoredEvaluation evaluation;
    std::vector<alerts::CutOffset> cut;
  };
  Evaluation(std::shared_ptr<const reference::Reference> reference, EvaluationOptions options,
             alerts::RuleSet rules, std::optional<Restored> restored, Collaborators with);
  ~Evaluation();

  // A tick is ready, or the book has news.
  void wake();
  // The rules of a reloaded configuration. Any replica puts them into force through the journal,
  // once: what was read last, at a start or on SIGHUP, holds, and a change of leader changes no
  // rules.
  void set_rules(alerts::RuleSet rules);
  EvaluationReport report() const;
  void stop();

 private:
  void run();
  bool step();  // false when there was nothing to do
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
  bool own_counts_ = false;  // what the journal says of last_ is what this evaluation wrote
  Comparisons comparisons_;
  bool unpublished_ = false;
  size_t unprepared_ = 0;
  absl::Time published_at_ = absl::InfinitePast();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool news_ = false;
  std::optional<alerts::RuleSet> new_rules_;  // read, and not yet in the journal
  EvaluationReport report_;
  absl::Time waiting_since_ = absl::InfiniteFuture();
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace bellwether::runtime
