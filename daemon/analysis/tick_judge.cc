#include "analysis/tick_judge.h"

#include <algorithm>
#include <utility>

namespace bellwether::analysis {

using base::PeriodIndex;
using detection::CountSeries;

namespace {

PeriodIndex last_of(const CountSeries& s) {
  return PeriodIndex(s.first.value + static_cast<int32_t>(s.counts.size()) - 1);
}

}  // namespace

TickJudge::TickJudge(std::vector<CountSeries> series, TickJudgeOptions options)
    : series_(std::move(series)),
      options_(std::move(options)),
      scored_(series_.size()),
      excluded_(series_.size()),
      results_(series_.size()) {
  if (series_.empty()) return;
  first_ = std::ranges::min_element(series_, {}, &CountSeries::first)->first;
  for (const CountSeries& s : series_) last_ = std::max(last_, last_of(s));
}

void TickJudge::exclude(size_t series, std::vector<detection::PeriodRange> periods) {
  excluded_[series] = std::move(periods);
}

// Once a year: what the calendar does, from the years before.
void TickJudge::adjust_to_calendar(PeriodIndex period) {
  const TickJudgeOptions& o = options_;
  bool const new_year = period.value % o.calendar.periods_per_year() == 0;
  if (o.business_calendar.empty() || !new_year) return;
  std::vector<CountSeries> before;
  for (size_t i = 0; i < series_.size(); ++i) {
    if (i != o.total && series_[i].first < period) before.push_back(series_[i]);
  }
  detection::CalendarTerms const effect =
      detection::calendar_effect(before, o.business_calendar, o.calendar, period);
  if (effect == effect_) return;
  effect_ = effect;
  offsets_.clear();
  for (CountSeries& s : series_) {
    offsets_.push_back(detection::calendar_offsets(effect, o.business_calendar, o.calendar, s.first,
                                                   s.counts.size()));
    s.offsets = offsets_.back();
  }
  scored_.assign(series_.size(), {});
}

std::span<const TickJudge::Result> TickJudge::judge(PeriodIndex period) {
  const TickJudgeOptions& o = options_;
  adjust_to_calendar(period);
  double const four_weeks = o.calendar.periods_in_four_weeks();
  std::vector<detection::Judged> together(series_.size());
  for (size_t i = 0; i < series_.size(); ++i) {
    Result& r = results_[i];
    r = {};
    r.assessment.why = detection::NotAssessed::kNotObserved;
    if (period < series_[i].first || last_of(series_[i]) < period) continue;
    scored_[i].exclude(excluded_[i]);
    r.assessment = scored_[i].assess(series_[i], period, o.harm, o.detector, workspace_);
    r.tested = r.assessment.why == detection::NotAssessed::kNone &&
               r.assessment.expected * four_weeks >= o.expected_min;
    if (r.tested) together[i].assessment = &r.assessment;
  }
  bool const with_total = o.total && results_[*o.total].tested;
  detection::judge_together(together, with_total ? o.total : std::nullopt, o.rate, o.calendar);
  for (size_t i = 0; i < series_.size(); ++i) results_[i].judged = together[i];
  return results_;
}

}  // namespace bellwether::analysis
