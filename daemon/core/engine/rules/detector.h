// Purpose: the scored series of a measure at every node: what count rules and composites test, and
// what a trace recomputes. Thread safety: a Detector is its rule's; all else is pure but for the
// scored series and workspaces of the caller.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/alerts/book.h"
#include "core/base/calendar.h"
#include "core/base/harm.h"
#include "core/detection/detector.h"
#include "core/engine/reporting.h"
#include "core/indicators/panel.h"

namespace bellwether::engine {

inline constexpr double kIntervalLevel = 0.95;  // of the intervals beside an expectation
inline constexpr std::string_view kReportedLate = "reports come too late to test a period yet";

// Detector settings that follow from a rule's threshold.
detection::DetectorOptions detector_options(double cusum_threshold, base::Calendar calendar);

// What a baseline of an alert's series leaves out: regime breaks and, while red, what follows the
// onset. `open` is the open alert of the series, or null.
std::vector<detection::PeriodRange> exclusions(const alerts::Book& book,
                                               const alerts::AlertUpdate* open);

// A measure is observed from the first period of the history in which it was seen anywhere: earlier
// periods have no count, which is not a count of zero. first_period() of a panel that never saw it.
base::PeriodIndex observed_from(const indicators::Panel& panel, indicators::Measure measure);

// A measure of a panel as a detector scores it: the one way for tests, contributions and traces.
class MeasureScorer {
 public:
  MeasureScorer(const indicators::Panel& panel, indicators::Measure measure, base::Harm harm,
                const detection::DetectorOptions& options, detection::Workspace& workspace)
      : panel_(panel),
        measure_(measure),
        harm_(harm),
        options_(options),
        workspace_(workspace),
        from_(observed_from(panel, measure)) {}

  detection::CountSeries series(indicators::Node node) const;
  // The node's series at `target`; `reported` is of the target and the periods before it.
  detection::Assessment assess(detection::ScoredSeries& scored, indicators::Node node,
                               base::PeriodIndex target,
                               std::span<const detection::PeriodRange> excluded,
                               detection::SharesReported reported) const;
  // Fits the baseline of `target` ahead of time.
  void prepare(detection::ScoredSeries& scored, indicators::Node node, base::PeriodIndex target,
               std::span<const detection::PeriodRange> excluded,
               detection::SharesReported reported) const;

 private:
  const indicators::Panel& panel_;
  indicators::Measure measure_;
  base::Harm harm_;
  const detection::DetectorOptions& options_;
  detection::Workspace& workspace_;
  base::PeriodIndex from_;
};

// The paths of all nodes at which a measure was seen.
class Detector {
 public:
  Detector(const indicators::Panel& panel, indicators::Measure measure, base::Harm harm,
           double cusum_threshold);

  indicators::Measure measure() const { return measure_; }
  MeasureScorer scorer(const indicators::Panel& panel, detection::Workspace& workspace) const {
    return {panel, measure_, harm_, options_, workspace};
  }
  // In order of first sight.
  const std::vector<uint32_t>& active() const { return active_; }
  // Null where the measure was not seen.
  detection::ScoredSeries* at(size_t node) const { return series_[node].get(); }
  // The count of a period has changed; the first makes the series.
  void revise(size_t node, base::PeriodIndex period) { add(node).revise(period); }
  // Calls prepare(node) for the active nodes that were not prepared for `next` yet, until it has
  // returned true (a series was fitted) series_max times, which it lowers. Returns how many are
  // left.
  template <class Prepare>
  size_t prepare(base::PeriodIndex next, size_t& series_max, Prepare prepare) {
    if (prepared_for_ != next) {
      prepared_for_ = next;
      prepared_ = 0;
    }
    while (prepared_ < active_.size() && series_max > 0) {
      if (prepare(active_[prepared_++])) --series_max;
    }
    return active_.size() - prepared_;
  }

 private:
  detection::ScoredSeries& add(size_t node);

  indicators::Measure measure_;
  base::Harm harm_;
  detection::DetectorOptions options_;
  std::vector<std::unique_ptr<detection::ScoredSeries>> series_;  // by node
  std::vector<uint32_t> active_;
  std::optional<base::PeriodIndex> prepared_for_;
  size_t prepared_ = 0;  // of active_, for prepared_for_
};

}  // namespace bellwether::engine
