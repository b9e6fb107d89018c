// Purpose: how sure an indicator is. Its counts would have come out a little differently in
// another, equal world; the interval holds the rates from which they may well come. Thread safety:
// pure functions.
#pragma once

#include <optional>

#include "core/indicators/catalogue.h"

namespace bellwether::indicators {

struct Interval {
  double lower = 0;  // in the indicator's unit
  double upper = 0;
  double dispersion = 1;  // by which factor the variance of the counts exceeds that of pure chance
};

// The interval of `value`, the indicator of the node at the end of `period`, that holds the rate
// with probability `level`, e.g. 0.95. nullopt if the value is the number of all businesses, which
// is no sample, or if there is no value.
//  - A count of events, or the difference of two, over businesses: the score interval of the mean
//  of
//    a Poisson count, or of the difference of two means (stats/intervals.h), times factor ÷
//    denominator; z² times the dispersion. The dispersion is Σ(N_t − N_{t−1 year})² / Σ(G_t +
//    G_{t−1 year}), at least 1, where N_t is the signed and G_t the unsigned sum of the events of
//    period t. The sums are over the three years before the window; with less than a year of pairs
//    the dispersion is 1. Counts that were completed for late reports (`late`) vary more: the
//    dispersion is divided by Value::reported.
//  - A share of cases: Wilson's interval of a probability.
//  - The change of a share: Newcombe's interval of a difference, from Wilson's interval of each
//    (1998, Statistics in Medicine 17, 873–890, method 10), as if the two were independent. They
//    are mostly about the same businesses, so it is rather too wide.
//  - A momentum, or cases against those expected by earlier years: the interval of the ratio of two
//    Poisson means.
//  - A rate above against the own: none.
//  - A quantile: the quantiles at the ends of Wilson's interval of its probability (Woodruff 1952,
//    Journal of the American Statistical Association 47, 635–646).
//  - A figure by decile: bounds_of() (by_decile.h), with the dispersion of the events, or of the
//    level, at the node. The change of a gap: none.
//  - The diffusion index: Wilson's interval, as if the divisions were independent.
std::optional<Interval> interval(Indicator indicator, const Value& value, const Panel& panel,
                                 Node node, PeriodIndex period, double level);
// `value` is that of compute_complete().
std::optional<Interval> interval(Indicator indicator, const Value& value, const Panel& panel,
                                 Node node, PeriodIndex period, double level,
                                 const LateReports& late);

}  // namespace bellwether::indicators
