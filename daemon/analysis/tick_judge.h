// Purpose: judges the series of a measure period after period, as a count rule of the daemon does
// at its ticks: first each series against its baseline, then all of them together. `detect` and the
// backtest both use it.
// Invariants: a function of the series and the options; a judgement uses no later period.
// Thread safety: belongs to one thread.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/base/business_calendar.h"
#include "core/base/calendar.h"
#include "core/detection/calendar_effect.h"
#include "core/detection/detector.h"
#include "core/detection/judge.h"
#include "core/detection/series.h"

namespace bellwether::analysis {

struct TickJudgeOptions {
  base::Calendar calendar{base::CalendarUnit::kMonth};
  detection::Harm harm = detection::Harm::kLow;
  detection::DetectorOptions detector;
  detection::StatedRate rate;
  double expected_min = 5;  // of four weeks or a month; a series that expects less is not tested
  // Estimates what the calendar does to months, once a year. Empty: no estimate.
  base::BusinessCalendar business_calendar;
  // The series that is the sum of the others, if any: they are judged as its parts.
  std::optional<size_t> total;
};

class TickJudge {
 public:
  // The counts, gaps and closed periods of the series must outlive this object. Offsets are set
  // here.
  TickJudge(std::vector<detection::CountSeries> series, TickJudgeOptions options);

  struct Result {
    detection::Assessment assessment;  // at a period outside the series: why = kNotObserved
    detection::Judged judged;          // all defaults if the series is not tested
    bool tested = false;
  };
  // The periods that the baselines of a series leave out from now on.
  void exclude(size_t series, std::vector<detection::PeriodRange> periods);
  // The results of the series in their order, valid until the next call. Periods must ascend.
  std::span<const Result> judge(base::PeriodIndex period);

  // First and last period of any series; last < first if there is none.
  base::PeriodIndex first() const { return first_; }
  base::PeriodIndex last() const { return last_; }
  const detection::CountSeries& series(size_t i) const { return series_[i]; }

 private:
  void adjust_to_calendar(base::PeriodIndex period);

  std::vector<detection::CountSeries> series_;
  TickJudgeOptions options_;
  base::PeriodIndex first_{0};
  base::PeriodIndex last_{-1};
  std::vector<detection::ScoredSeries> scored_;
  std::vector<std::vector<detection::PeriodRange>> excluded_;
  std::vector<std::vector<double>> offsets_;
  detection::CalendarTerms effect_{};
  detection::Workspace workspace_;
  std::vector<Result> results_;
};

}  // namespace bellwether::analysis
