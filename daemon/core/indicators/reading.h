// Purpose: reads the quantities of the formulas from a panel. Used by catalogue.cc and interval.cc.
// Thread safety: pure.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/response_hours.h"
#include "core/domain/indicators.h"
#include "core/indicators/panel.h"

namespace bellwether::indicators {

// The first and last period of a window.
struct Span {
  PeriodIndex first;
  PeriodIndex last;
};

inline Span years_before(Span w, int years, base::Calendar calendar) {
  int const periods = years * calendar.periods_per_year();
  return {PeriodIndex(w.first.value - periods), PeriodIndex(w.last.value - periods)};
}

// A momentum compares a window with the same window of this many earlier years.
inline constexpr int kMomentumYears = 3;

// The quantities of one node.
class Reading {
 public:
  Reading(const Panel& panel, Node node) : panel_(panel), node_(node) {}

  // The same quantities of another node.
  Reading at(Node node) const { return {panel_, node}; }
  const Panel& panel() const { return panel_; }
  Node node() const { return node_; }
  base::Calendar calendar() const { return panel_.calendar(); }

  double sum(domain::Measure measure, Span w) const;
  double quantity(const domain::Term& term, Span w) const;
  double value_of(const domain::Terms& terms, Span w) const;

  // The first responses by bucket of working hours, from the first bucket's measure on.
  using Histogram = std::array<double, base::kResponseBuckets>;
  Histogram histogram(domain::Measure first, Span w) const;

 private:
  const Panel& panel_;
  Node node_;
};

// The hours within which the share `quantile` of the responses came, interpolated within the
// bucket. The last bucket has no upper limit; its value is its lower limit.
double quantile_of(const Reading::Histogram& counts, double quantile);

}  // namespace bellwether::indicators
