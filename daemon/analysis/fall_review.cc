#include "analysis/fall_review.h"

#include <algorithm>

#include "analysis/backtest.h"
#include "analysis/evident_falls.h"

namespace bellwether::analysis {
namespace {

using base::PeriodIndex;

bool raised_in(const std::vector<PeriodIndex>& raised, int32_t first, int32_t end) {
  return std::ranges::any_of(raised,
                             [&](PeriodIndex t) { return first <= t.value && t.value < end; });
}

struct Windows {
  int lead;
  int delay;
  int length;
  explicit Windows(base::Calendar calendar)
      : lead(BacktestOptions::for_calendar(calendar).lead_periods),
        delay(review_delay(calendar)),
        length(calendar.periods_per_year()) {}
  bool outside(PeriodIndex t, const std::vector<PeriodIndex>& falls) const {
    return std::ranges::none_of(falls, [&](PeriodIndex f) {
      return f.value - lead <= t.value && t.value < f.value + length;
    });
  }
};

void review_downturn(const ReviewedSeries& s, const std::vector<PeriodIndex>& falls,
                     PeriodIndex start, FallReview& out) {
  Windows const w(s.counts.calendar);
  PeriodIndex const last(s.counts.first.value + static_cast<int32_t>(s.counts.counts.size()) - 1);
  if (start < s.counts.first || last < start) return;
  ++out.pairs;
  out.pairs_falling += raised_in(falls, start.value - w.lead, start.value + w.delay);
  out.pairs_met += raised_in(s.raised, start.value, start.value + w.delay);
}

}  // namespace

int review_delay(base::Calendar calendar) {
  return reported_delays(calendar)[2];
}

FallReview review_falls(std::span<const ReviewedSeries> series, detection::Harm harm,
                        const std::vector<Downturn>& downturns) {
  base::Calendar const months(base::CalendarUnit::kMonth);
  FallReview out;
  for (const ReviewedSeries& s : series) {
    base::Calendar const calendar = s.counts.calendar;
    Windows const w(calendar);
    std::vector<PeriodIndex> const falls = evident_falls(s.counts, harm);
    FallReview::Of& of = out.series.emplace_back();
    of.name = s.name;
    of.falls = static_cast<int>(falls.size());
    of.alerts = static_cast<int>(s.raised.size());
    of.met = static_cast<int>(std::ranges::count_if(
        falls, [&](PeriodIndex f) { return raised_in(s.raised, f.value, f.value + w.delay); }));
    of.outside = static_cast<int>(
        std::ranges::count_if(s.raised, [&](PeriodIndex t) { return w.outside(t, falls); }));
    int quiet = 0;
    for (size_t i = 0; i < s.counts.counts.size(); ++i)
      quiet += w.outside(PeriodIndex(s.counts.first.value + static_cast<int32_t>(i)), falls);
    out.years_outside += static_cast<double>(quiet) / calendar.periods_per_year();
    for (const Downturn& d : downturns) {
      review_downturn(s, falls, calendar.period_of(months.first_day(PeriodIndex(d.start))), out);
    }
    out.all.falls += of.falls;
    out.all.met += of.met;
    out.all.alerts += of.alerts;
    out.all.outside += of.outside;
  }
  return out;
}

}  // namespace bellwether::analysis
