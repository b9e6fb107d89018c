// Purpose: the regional view and its verdict: adds the deltas of all partitions at a tick, tests
// every series, and says what each alert becomes. Invariants: evaluate() is a pure function of the
// panel and the reporting delays at the cut, the book and its rule set. What else is kept between
// ticks (scored paths, fitted baselines) is a cache: a property test holds it equal to a
// recomputation from nothing. Thread safety: one thread; the published panel is immutable.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/alerts/book.h"
#include "core/alerts/state_machine.h"
#include "core/base/calendar.h"
#include "core/detection/detector.h"
#include "core/detection/judge.h"
#include "core/detection/ratio.h"
#include "core/engine/partition_engine.h"
#include "core/engine/reporting.h"
#include "core/indicators/catalogue.h"
#include "core/indicators/panel.h"
#include "core/reference/reference.h"

namespace bellwether::engine {

struct EvaluatorOptions {
  base::Calendar calendar{base::CalendarUnit::kWeek};
  int32_t history_periods = 364;    // kept in detail; older facts are the opening balance
  std::vector<std::string> topics;  // consumed, by domain::TopicInfo::name
};

// A source whose pooled volume is expected below this cannot be called silent.
inline constexpr double kSilentExpectedMin = 20;
inline constexpr double kSilentP = 1e-6;
inline constexpr size_t kContributionsMax = 5;
inline constexpr double kIntervalLevel = 0.95;  // of the intervals beside an expectation
inline constexpr std::string_view kReportedLate = "reports come too late to test a period yet";

// Detector settings that follow from a rule.
detection::DetectorOptions detector_options(const alerts::Rule& rule, base::Calendar calendar);
// What a baseline of an alert's series leaves out: regime breaks and, while red, what follows the
// onset.
std::vector<detection::PeriodRange> exclusions(const alerts::Book& book,
                                               const alerts::AlertUpdate* open);

// Digest over what a verdict says of each alert, scores rounded to 1e-6; in whatever order they
// stand.
uint64_t verdict_digest(std::span<const alerts::AlertUpdate> updates);

// A measure is observed from the first kept period in which it was seen anywhere: what is before is
// no zero. first_period() of a panel that never saw it.
base::PeriodIndex observed_from(const indicators::Panel& panel, indicators::Measure measure);
// A node's series as a detector takes it.
detection::CountSeries observed_counts(const indicators::Panel& panel, indicators::Node node,
                                       indicators::Measure measure, base::PeriodIndex from);

// What a ratio rule finds at a node: shares of `panel` against their baseline, left out what
// exclusions() says. REQUIRES rule.kind is kRatioDetector.
detection::RatioAssessment assess_share(const alerts::Rule& rule, const indicators::Panel& panel,
                                        indicators::Node node, base::PeriodIndex period,
                                        const alerts::Book& book, const alerts::AlertUpdate* open);

// What an evaluator keeps of the ticks that it applied; all else is a cache.
struct EvaluatorState {
  base::PeriodIndex tick;  // the last one applied
  std::shared_ptr<const indicators::Panel> panel;
  std::vector<indicators::Report> reports;
  uint64_t cells_digest = 0;
};

class Evaluator {
 public:
  Evaluator(std::shared_ptr<const reference::Reference> reference, EvaluatorOptions options);
  ~Evaluator();

  // The partitions' deltas up to `tick`, in any order; periods that fall out of the history join
  // the opening balance.
  void apply(base::PeriodIndex tick, std::span<const PartitionTick> parts);

  // The verdict at `tick`. The book must have a rule set.
  alerts::TickEvaluated evaluate(base::PeriodIndex tick, const alerts::Book& book,
                                 std::vector<alerts::CutOffset> cut, bool historical);

  // Fits the baselines that the next tick needs; optional, between ticks. Fits at most `series_max`
  // series and returns how many are left.
  size_t prepare(base::PeriodIndex next, const alerts::Book& book, size_t series_max);

  // For a snapshot; nullopt before the first tick.
  std::optional<EvaluatorState> state();
  // In place of what was applied. The panel must be of the evaluator's reference and calendar.
  void restore(base::PeriodIndex tick, indicators::Panel panel,
               std::span<const indicators::Report> reports, uint64_t cells_digest);

  std::shared_ptr<const indicators::Panel> publish() { return panel_.publish(); }
  // As of the last tick applied; never null.
  std::shared_ptr<const SharesByMeasure> reported() const { return reported_; }
  const indicators::Panel& panel() const { return panel_; }
  // Linear in the counts of cells and of reports by delay: equal for equal ones, whatever the order
  // of the deltas.
  uint64_t cells_digest() const { return cells_digest_; }

 private:
  struct Series;
  struct DetectorState;
  struct CompositeState;
  struct Tested {
    size_t node;
    detection::Assessment assessment;
    bool gated = false;  // it can be assessed, and enough is expected there
  };

  void adopt_rules(const alerts::Book& book);
  DetectorState& add_detector(const alerts::Rule& rule, indicators::Measure measure,
                              base::Harm harm);
  alerts::AlertKey key(const alerts::Rule& rule, indicators::Node node) const;
  bool in_scope(const alerts::Rule& rule, indicators::Node node, base::PeriodIndex tick) const;
  bool in_scope(const alerts::Rule& rule, const alerts::AlertKey& key,
                base::PeriodIndex tick) const;
  bool second_condition(const alerts::Rule& rule, indicators::Node node,
                        base::PeriodIndex period) const;
  std::string silent_because(const alerts::Rule& rule,
                             const std::vector<std::string>& silent) const;

  struct Verdict;  // collects updates
  std::vector<std::string> test_sources(const alerts::Book& book, base::PeriodIndex tick,
                                        Verdict& verdict);
  // The nodes of a count rule that can be assessed or have an open alert.
  std::vector<Tested> score_counts(DetectorState& state, bool can_test, const Verdict& verdict);
  // Each of them by the scores of all; who is not gated is not tested.
  std::vector<detection::Judged> judge(const DetectorState& state, std::span<const Tested> tested);
  void test_counts(DetectorState& state, const std::vector<std::string>& silent, Verdict& verdict);
  void test_composite(const CompositeState& state, const std::vector<std::string>& silent,
                      Verdict& verdict);
  void test_shares(const alerts::Rule& rule, const alerts::Book& book, base::PeriodIndex tick,
                   const std::vector<std::string>& silent, Verdict& verdict);
  void test_limits(const alerts::Rule& rule, const alerts::Book& book, base::PeriodIndex tick,
                   const std::vector<std::string>& silent, Verdict& verdict);
  // What becomes of the open alerts that no test has visited.
  void settle_unvisited(const alerts::Book& book, base::PeriodIndex tick, Verdict& verdict);
  std::vector<alerts::Contribution> contributions(DetectorState& state, indicators::Node node,
                                                  const alerts::Evidence& evidence,
                                                  const Verdict& verdict);

  std::shared_ptr<const reference::Reference> reference_;
  EvaluatorOptions options_;
  indicators::Panel panel_;
  std::optional<base::PeriodIndex> applied_;
  Reporting reporting_;
  std::shared_ptr<const SharesByMeasure> reported_ = std::make_shared<SharesByMeasure>();
  uint64_t cells_digest_ = 0;
  std::string rules_digest_;
  std::shared_ptr<const alerts::RuleSet> rules_;
  std::vector<std::unique_ptr<DetectorState>> detectors_;
  std::vector<CompositeState> composites_;
  detection::Workspace workspace_;
  detection::Recalibration recalibration_;
};

}  // namespace bellwether::engine
