// Purpose: compares the alerts of each series with the falls of that series itself
// (evident_falls.h), because not every series takes part in an official downturn.
// Thread safety: pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/review.h"
#include "core/base/calendar.h"
#include "core/detection/series.h"

namespace bellwether::analysis {

struct ReviewedSeries {
  std::string name;
  detection::CountSeries counts;
  std::vector<base::PeriodIndex> raised;  // its alerts, in order
};

// Windows are those of the backtest: an alert meets a fall or a downturn if it is raised in its
// first 4 months (13 weeks). It is outside if it is raised neither in the half year before a fall
// nor in the year after.
struct FallReview {
  struct Of {
    std::string name;
    int falls = 0;
    int met = 0;
    int alerts = 0;
    int outside = 0;
  };
  std::vector<Of> series;  // in the order given
  Of all;
  double years_outside = 0;  // of all series
  // Pairs of a downturn and a series.
  int pairs = 0;
  int pairs_falling = 0;  // the series itself falls around the start: the ceiling
  int pairs_met = 0;
};

// How soon an alert must come, in periods.
int review_delay(base::Calendar calendar);

FallReview review_falls(std::span<const ReviewedSeries> series, detection::Harm harm,
                        const std::vector<Downturn>& downturns);

}  // namespace bellwether::analysis
