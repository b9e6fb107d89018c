#include "core/engine/rules/detector.h"

#include <algorithm>

#include "core/alerts/state_machine.h"

namespace bellwether::engine {

using base::PeriodIndex;
using indicators::Measure;
using indicators::Node;

detection::DetectorOptions detector_options(double cusum_threshold, base::Calendar calendar) {
  detection::DetectorOptions o = detection::DetectorOptions::for_calendar(calendar);
  o.cusum.threshold_h = cusum_threshold;
  return o;
}

std::vector<detection::PeriodRange> exclusions(const alerts::Book& book,
                                               const alerts::AlertUpdate* open) {
  std::vector<detection::PeriodRange> out = book.regime_breaks();
  if (auto const frozen = alerts::frozen_periods(open, book.calendar())) out.push_back(*frozen);
  return out;
}

const base::BusinessCalendar& business_calendar(const alerts::Book& book) {
  static const base::BusinessCalendar kNone;
  return book.rule_set() == nullptr ? kNone : book.rule_set()->business_calendar;
}

PeriodIndex observed_from(const indicators::Panel& panel, Measure measure) {
  std::span<const int32_t> const pooled = panel.series({}, measure).counts;
  auto const seen = std::ranges::find_if(pooled, [](int32_t n) { return n != 0; });
  if (seen == pooled.end()) return panel.first_period();
  return std::max(
      panel.known_from(measure),
      PeriodIndex(panel.first_period().value + static_cast<int32_t>(seen - pooled.begin())));
}

detection::CalendarTerms calendar_effect(const indicators::Panel& panel, Measure measure,
                                         const base::BusinessCalendar& days, PeriodIndex tick) {
  base::Calendar const calendar = panel.calendar();
  if (calendar.unit() != base::CalendarUnit::kMonth || days.empty()) return {};
  PeriodIndex const from = observed_from(panel, measure);
  auto const skipped = static_cast<size_t>(from.value - panel.first_period().value);
  std::vector<detection::CountSeries> margins;
  auto const add = [&](Node node) {
    std::span<const int32_t> const counts = panel.series(node, measure).counts;
    if (counts.size() <= skipped) return;
    margins.push_back({calendar, from, counts.subspan(skipped), {}, {}, {}});
  };
  const reference::Reference& reference = panel.reference();
  for (uint16_t s = 1; s < reference.sectors.size(); ++s) add({{}, base::SectorId(s)});
  for (uint16_t a = 1; a < reference.areas.size(); ++a) add({base::AreaId(a), {}});
  int32_t const year = calendar.periods_per_year();
  PeriodIndex const new_year(tick.value - ((tick.value % year) + year) % year);
  return detection::calendar_effect(margins, days, calendar, new_year);
}

MeasureScorer::MeasureScorer(const indicators::Panel& panel, Measure measure, base::Harm harm,
                             const detection::DetectorOptions& options,
                             const base::BusinessCalendar& days,
                             const detection::CalendarTerms& effect, PeriodIndex tick,
                             detection::Workspace& workspace)
    : panel_(panel),
      measure_(measure),
      harm_(harm),
      options_(options),
      workspace_(workspace),
      from_(observed_from(panel, measure)),
      closed_(detection::closed_periods(days, panel.calendar())),
      offsets_(detection::calendar_offsets(
          effect, days, panel.calendar(), from_,
          static_cast<size_t>(std::max(0, tick.value - from_.value + 1)))) {}

detection::CountSeries MeasureScorer::series(Node node) const {
  std::span<const int32_t> counts = panel_.series(node, measure_).counts;
  auto const skipped = static_cast<size_t>(from_.value - panel_.first_period().value);
  counts = counts.subspan(std::min(counts.size(), skipped));
  return {panel_.calendar(), from_, counts, {}, closed_, offsets_};
}

detection::Assessment MeasureScorer::assess(detection::ScoredSeries& scored, Node node,
                                            PeriodIndex target,
                                            std::span<const detection::PeriodRange> excluded,
                                            detection::SharesReported reported) const {
  scored.exclude(excluded);
  return scored.assess(series(node), target, harm_, options_, workspace_, reported);
}

void MeasureScorer::prepare(detection::ScoredSeries& scored, Node node, PeriodIndex target,
                            std::span<const detection::PeriodRange> excluded,
                            detection::SharesReported reported) const {
  scored.exclude(excluded);
  scored.prepare(series(node), target, harm_, options_, workspace_, reported);
}

Detector::Detector(const indicators::Panel& panel, Measure measure, base::Harm harm,
                   std::optional<double> cusum_threshold)
    : measure_(measure),
      harm_(harm),
      options_(detection::DetectorOptions::for_calendar(panel.calendar())),
      series_(panel.nodes()) {
  if (cusum_threshold) options_.cusum.threshold_h = *cusum_threshold;
  for (size_t node = 0; node < panel.nodes(); ++node) {
    if (!panel.series(panel.node(node), measure).counts.empty()) add(node);
  }
}

MeasureScorer Detector::scorer(const indicators::Panel& panel, const base::BusinessCalendar& days,
                               PeriodIndex tick, detection::Workspace& workspace) {
  detection::CalendarTerms const effect = calendar_effect(panel, measure_, days, tick);
  if (effect != effect_) {
    effect_ = effect;
    for (uint32_t node : active_) *series_[node] = detection::ScoredSeries();
  }
  return {panel, measure_, harm_, options_, days, effect_, tick, workspace};
}

detection::ScoredSeries& Detector::add(size_t node) {
  if (series_[node] == nullptr) {
    series_[node] = std::make_unique<detection::ScoredSeries>();
    active_.push_back(static_cast<uint32_t>(node));
  }
  return *series_[node];
}

}  // namespace bellwether::engine
