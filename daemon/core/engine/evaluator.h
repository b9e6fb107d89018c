// Purpose: the regional view and its verdict: adds the deltas of all partitions at a tick, tests
// every series, and computes the next state of each alert.
// Invariants: evaluate() is a pure function of the panel and the reporting delays at the cut, of
// the book and of its rule set. All other state kept between ticks (scored paths, fitted baselines)
// is a cache: a property test compares it with a recomputation from scratch.
// Thread safety: one thread; the published panel is immutable.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/alerts/book.h"
#include "core/base/calendar.h"
#include "core/detection/detector.h"
#include "core/domain/topics.h"
#include "core/engine/partition_engine.h"
#include "core/engine/past_panels.h"
#include "core/engine/reporting.h"
#include "core/indicators/panel.h"
#include "core/reference/reference.h"

namespace bellwether::engine {

struct TickContext;  // rules/rule_kind.h
struct Verdict;

struct EvaluatorOptions {
  base::Calendar calendar{base::CalendarUnit::kWeek};
  int32_t history_periods = 364;      // kept in detail; older facts are in the opening balance
  std::vector<domain::Topic> topics;  // the consumed topics
};

// A digest of the key, transition, severity, state and CUSUM (rounded to 1e-6) of each update. It
// does not depend on the order of the updates.
uint64_t verdict_digest(std::span<const alerts::AlertUpdate> updates);

// The data that an evaluator keeps from the ticks that it applied. Everything else is a cache.
struct EvaluatorState {
  base::PeriodIndex tick;  // the last applied tick
  std::shared_ptr<const indicators::Panel> panel;
  std::vector<indicators::Report> reports;
  uint64_t cells_digest = 0;
  PanelChanges changes;  // of the latest ticks through `tick`
};

class Evaluator {
 public:
  Evaluator(std::shared_ptr<const reference::Reference> reference, EvaluatorOptions options);
  ~Evaluator();

  // Applies the partitions' deltas up to `tick`, in any order. Periods that leave the history are
  // added to the opening balance.
  void apply(base::PeriodIndex tick, std::span<const PartitionTick> parts);

  // The verdict at `tick`. REQUIRES: the book has a rule set.
  alerts::TickEvaluated evaluate(base::PeriodIndex tick, const alerts::Book& book,
                                 std::vector<alerts::CutOffset> cut, bool historical);

  // Fits baselines for the next tick in advance. Optional, between ticks. Fits at most `series_max`
  // series and returns how many are left.
  size_t prepare(base::PeriodIndex next, const alerts::Book& book, size_t series_max);

  // The state for a snapshot; nullopt before the first tick.
  std::optional<EvaluatorState> state();
  // Replaces the applied data. REQUIRES: the panel has the evaluator's reference and calendar;
  // `changes` are empty or end with `tick`, and check() accepts them.
  void restore(base::PeriodIndex tick, indicators::Panel panel,
               std::span<const indicators::Report> reports, uint64_t cells_digest,
               PanelChanges changes = {});

  std::shared_ptr<const indicators::Panel> publish() { return panel_.publish(); }
  // As of the last applied tick; never null.
  std::shared_ptr<const SharesByMeasure> reported() const { return reported_; }
  // Those of the latest ticks, at most kPastTicksMax.
  const PanelChanges& changes() const { return changes_; }
  const indicators::Panel& panel() const { return panel_; }
  // Of the counts of cells, of reports by delay, and of the official figures: equal ones give equal
  // digests, in any order of the deltas.
  uint64_t cells_digest() const { return cells_digest_; }

 private:
  // The rule set that ticks are judged by, and the tests of its enabled rules with their caches.
  // All parts are created and destroyed together, because the tests refer to the rules, and the
  // index refers to the tests' detectors.
  struct Adopted;

  void add_figures(base::PeriodIndex tick, std::span<const PartitionTick> parts);
  void adopt_rules(const alerts::Book& book);
  TickContext context(base::PeriodIndex tick, const alerts::Book& book);
  // Suspends or closes the open alerts that no test has visited.
  void settle_unvisited(Verdict& verdict);

  std::shared_ptr<const reference::Reference> reference_;
  EvaluatorOptions options_;
  indicators::Panel panel_;
  std::optional<base::PeriodIndex> applied_;
  Reporting reporting_;
  std::shared_ptr<const SharesByMeasure> reported_ = std::make_shared<SharesByMeasure>();
  uint64_t cells_digest_ = 0;
  PanelChanges changes_;
  std::unique_ptr<Adopted> adopted_;  // null before the first evaluation
  detection::Workspace workspace_;
};

}  // namespace bellwether::engine
