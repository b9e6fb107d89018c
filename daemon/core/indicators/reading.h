// Purpose: reads the quantities of the formulas from a panel. Used by catalogue.cc, by_decile.cc
// and interval.cc.
// Thread safety: a Reading belongs to one thread, because it counts what it has read.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/base/response_hours.h"
#include "core/domain/indicators.h"
#include "core/indicators/catalogue.h"
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

// The period before the window. For levels, which have no length.
inline Span end_of_before(Span w) {
  PeriodIndex const before(w.first.value - 1);
  return {before, before};
}

// A momentum compares a window with the same window of this many earlier years.
inline constexpr int kMomentumYears = 3;

// The quantities of one node, of a class in it, of some areas in it, or of the rest of it. All in
// the node's sector.
class Reading {
 public:
  enum class Late : uint8_t {
    kAsReported,  // the events reported so far
    kCompleted,   // each count divided by the share of its events that should have been reported
  };
  Reading(const Panel& panel, Node node) : panel_(panel), node_(node) {}
  // `late` must outlive the reading.
  Reading(const Panel& panel, Node node, const LateReports& late, Late mode)
      : panel_(panel), node_(node), late_(&late), mode_(mode) {}

  // The same quantities of another node.
  Reading at(Node node) const;
  // Those of `areas` together, or of the node without them. `areas` do not overlap, lie in the
  // node's area, and outlive the reading.
  Reading of(std::span<const AreaId> areas) const;
  Reading without(std::span<const AreaId> areas) const;
  // Those of a class of the node. REQUIRES: Panel::has_classes(node()), and only quantities with
  // that division are read.
  Reading in(Class of_class) const;
  const Panel& panel() const { return panel_; }
  Node node() const { return node_; }
  bool is_of_node() const { return of_ == Of::kNode && !in_; }
  base::Calendar calendar() const { return panel_.calendar(); }

  double sum(domain::Measure measure, Span w) const;
  double quantity(const domain::Term& term, Span w) const;
  double value_of(const domain::Terms& terms, Span w) const;

  // The first responses by bucket of working hours, from the first bucket's measure on.
  using Histogram = std::array<double, base::kResponseBuckets>;
  Histogram histogram(domain::Measure first, Span w) const;

  // Two official figures of one year (KnownFigures::of_one_year) by the end of the window; nullopt
  // if there are none.
  std::optional<std::pair<double, double>> of_one_year(Statistic of_year, Statistic level,
                                                       Span w) const;

  // Forgets what was read so far: for reported(), missing() and used().
  void begin() const {
    known_ = complete_ = 0;
    missing_.reset();
    used_.clear();
  }
  // An official figure that was asked for since begin() and is not known; nullopt if none.
  std::optional<Statistic> missing() const { return missing_; }
  // The official figures read since begin().
  const std::vector<UsedFigure>& used() const { return used_; }
  // Counts what `other` has read, too.
  void include(const Reading& other) const {
    known_ += other.known_;
    complete_ += other.complete_;
  }
  // The share of the events that sum() has read since begin() that should have been reported.
  double reported() const { return complete_ > known_ ? known_ / complete_ : 1; }

 private:
  // The events of the window that are expected to be reported still.
  double still_to_come(domain::Measure measure, Span w) const;
  double stock(PeriodIndex period) const;

  enum class Of : uint8_t { kNode, kAreas, kRest };
  // The sum of value(node) over what the reading is of.
  template <class Value>
  auto over(Value value) const {
    decltype(value(node_)) sum = of_ == Of::kAreas ? 0 : value(node_);
    int const sign = of_ == Of::kRest ? -1 : 1;
    for (AreaId area : areas_) sum += sign * value(Node{area, node_.sector});
    return sum;
  }
  double residents() const;
  // The official figure; 0, and it is noted as missing, if there is none. A part of a node has
  // none.
  double official(Statistic statistic, Span w) const;
  Days end_of(Span w) const { return calendar().first_day(PeriodIndex(w.last.value + 1)); }

  const Panel& panel_;
  Node node_;
  Of of_ = Of::kNode;
  std::optional<Class> in_;
  std::span<const AreaId> areas_{};
  const LateReports* late_ = nullptr;
  Late mode_ = Late::kAsReported;
  mutable std::optional<Statistic> missing_;
  mutable std::vector<UsedFigure> used_;
  mutable double known_ = 0;
  mutable double complete_ = 0;
};

// The indicator of what the reading is of, at the end of `period`, as compute() of catalogue.h. An
// indicator that compares a node with others or its parts has no value for anything but a node.
// `periods`: the length of the window; 0: that of the indicator.
Value compute(Indicator indicator, const Reading& reading, PeriodIndex period, int periods = 0);

// The hours within which the share `quantile` of the responses came, interpolated within the
// bucket. The last bucket has no upper limit; its value is its lower limit.
double quantile_of(const Reading::Histogram& counts, double quantile);

}  // namespace bellwether::indicators
