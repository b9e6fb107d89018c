#include "analysis/fall_review.h"

#include <algorithm>

#include "analysis/evident_falls.h"
#include "analysis/windows.h"

namespace bellwether::analysis {
namespace {

using base::PeriodIndex;

// Whether an alert is raised soon enough after the start of a fall or downturn.
bool is_met(const ReviewedSeries& s, PeriodIndex start) {
  int const delay = review_delay(s.counts.calendar);
  return std::ranges::any_of(
      s.raised, [&](PeriodIndex t) { return start <= t && t.value < start.value + delay; });
}

bool is_outside(const Windows& own, PeriodIndex t) {
  return own.at(t.value) == Ground::kQuiet;
}

}  // namespace

int review_delay(base::Calendar calendar) {
  return reported_delays(calendar)[2];
}

FallReview review_falls(std::span<const ReviewedSeries> series, detection::Harm harm,
                        const std::vector<Downturn>& downturns) {
  FallReview out;
  for (const ReviewedSeries& s : series) {
    base::Calendar const calendar = s.counts.calendar;
    std::vector<PeriodIndex> const falls = evident_falls(s.counts, harm);
    Windows const own(falls, calendar, lead_of(calendar));
    Windows const official(downturns, falls, calendar, lead_of(calendar));
    PeriodIndex const end(s.counts.first.value + static_cast<int32_t>(s.counts.counts.size()));
    FallReview::Of& of = out.series.emplace_back();
    of.name = s.name;
    of.falls = static_cast<int>(falls.size());
    of.alerts = static_cast<int>(s.raised.size());
    of.met =
        static_cast<int>(std::ranges::count_if(falls, [&](PeriodIndex f) { return is_met(s, f); }));
    of.outside = static_cast<int>(
        std::ranges::count_if(s.raised, [&](PeriodIndex t) { return is_outside(own, t); }));
    int quiet = 0;
    for (int32_t t = s.counts.first.value; t < end.value; ++t)
      quiet += is_outside(own, PeriodIndex(t));
    out.years_outside += static_cast<double>(quiet) / calendar.periods_per_year();
    for (const detection::PeriodRange& d : official.all()) {
      if (d.first < s.counts.first || end <= d.first) continue;
      ++out.pairs;
      out.pairs_falling += official.falls_itself(d);
      out.pairs_met += is_met(s, d.first);
    }
    out.all.falls += of.falls;
    out.all.met += of.met;
    out.all.alerts += of.alerts;
    out.all.outside += of.outside;
  }
  return out;
}

}  // namespace bellwether::analysis
