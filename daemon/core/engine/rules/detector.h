// Purpose: the scored series of a measure at every node. Count rules and composites test them, and
// traces recompute them.
// Thread safety: a Detector belongs to its rule; everything else is pure except for the caller's
// scored series and workspaces.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/alerts/book.h"
#include "core/base/business_calendar.h"
#include "core/base/calendar.h"
#include "core/base/harm.h"
#include "core/detection/calendar_effect.h"
#include "core/detection/closed_periods.h"
#include "core/detection/detector.h"
#include "core/engine/reporting.h"
#include "core/indicators/panel.h"

namespace bellwether::engine {

inline constexpr double kIntervalLevel = 0.95;  // of the intervals around an expected value
inline constexpr std::string_view kReportedLate = "reports come too late to test a period yet";

// The detector settings for a rule's threshold.
detection::DetectorOptions detector_options(double cusum_threshold, base::Calendar calendar);

// The periods that the baseline of an alert's series leaves out: regime breaks and, while the alert
// is red, the periods after its onset. `open` is the open alert of the series, or null.
std::vector<detection::PeriodRange> exclusions(const alerts::Book& book,
                                               const alerts::AlertUpdate* open);

// The special days of the book's rule set; none before the first rule set.
const base::BusinessCalendar& business_calendar(const alerts::Book& book);

// The first known period of the history in which the measure was seen at any node
// (indicators/known_from.h). Earlier periods have no count, which differs from a count of zero.
// Returns first_period() if the panel never saw the measure.
base::PeriodIndex observed_from(const indicators::Panel& panel, indicators::Measure measure);

// What the calendar does to a measure (detection/calendar_effect.h) at a tick. It is estimated once
// a year, from the years before the tick's: from each sector of the whole region and the total of
// each area.
detection::CalendarTerms calendar_effect(const indicators::Panel& panel,
                                         indicators::Measure measure,
                                         const base::BusinessCalendar& days,
                                         base::PeriodIndex tick);

// Scores a measure of a panel. Tests, contributions and traces all use this class.
class MeasureScorer {
 public:
  // `effect`: calendar_effect() at the tick. Periods after `tick` are not scored.
  MeasureScorer(const indicators::Panel& panel, indicators::Measure measure, base::Harm harm,
                const detection::DetectorOptions& options, const base::BusinessCalendar& days,
                const detection::CalendarTerms& effect, base::PeriodIndex tick,
                detection::Workspace& workspace);

  // Valid as long as this scorer.
  detection::CountSeries series(indicators::Node node) const;
  // Assesses the node's series at `target`; `reported` holds the shares of the target and the
  // periods before it.
  detection::Assessment assess(detection::ScoredSeries& scored, indicators::Node node,
                               base::PeriodIndex target,
                               std::span<const detection::PeriodRange> excluded,
                               detection::SharesReported reported) const;
  // Fits the baseline of `target` in advance.
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
  std::vector<detection::PeriodRange> closed_;
  std::vector<double> offsets_;  // of the periods from from_ on
};

// The scored series of all nodes at which a measure was seen.
class Detector {
 public:
  // Without a threshold, the CUSUM only dates the onset.
  Detector(const indicators::Panel& panel, indicators::Measure measure, base::Harm harm,
           std::optional<double> cusum_threshold = std::nullopt);

  indicators::Measure measure() const { return measure_; }
  const detection::DetectorOptions& options() const { return options_; }
  // `days` must be those of all earlier calls. Forgets the scored series if the calendar's effect
  // has changed since the last call.
  MeasureScorer scorer(const indicators::Panel& panel, const base::BusinessCalendar& days,
                       base::PeriodIndex tick, detection::Workspace& workspace);
  // In the order in which the measure was first seen there.
  const std::vector<uint32_t>& active() const { return active_; }
  // Null if the measure was not seen at the node.
  detection::ScoredSeries* at(size_t node) const { return series_[node].get(); }
  // Call after the count of a period has changed. The first call for a node creates its series.
  void revise(size_t node, base::PeriodIndex period) { add(node).revise(period); }
  // Calls prepare(node) for the active nodes that are not yet prepared for `next`. Decrements
  // `series_max` each time prepare() returns true (it fitted a series), and stops at 0. Returns how
  // many nodes are left.
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
  detection::CalendarTerms effect_{};
  std::optional<base::PeriodIndex> prepared_for_;
  size_t prepared_ = 0;  // number of active_ nodes prepared for prepared_for_
};

}  // namespace bellwether::engine
