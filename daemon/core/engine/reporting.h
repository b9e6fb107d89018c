// Purpose: how late the measures are reported: the reporting triangle of each, over all areas and
// sectors, and what it says of the latest periods. Periods that were over before anything was
// published are not looked at: a register loaded in one go has no delays. Invariants: a pure
// function of the tick and of the facts known then, as the cells are: the sum of their reports,
// whatever the ticks before. So replicas that cut earlier ticks elsewhere agree on this one. Thread
// safety: one thread; SharesByMeasure is a value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/container/btree_map.h"
#include "core/base/calendar.h"
#include "core/detection/detector.h"
#include "core/detection/reporting_delay.h"
#include "core/indicators/deltas.h"

namespace bellwether::engine {

// By measure and the age of a period, in periods: the share of its events that should have been
// reported.
class SharesByMeasure {
 public:
  // Age of the latest period of `measure` that can be tested; nullopt where reports are later than
  // is waited for.
  std::optional<int> testable_age(indicators::Measure measure) const {
    return of(measure).testable;
  }
  // From the period `age` periods old backwards, as far as they are not final.
  detection::SharesReported from(indicators::Measure measure, int age) const;
  double at(indicators::Measure measure, int age) const {
    return detection::share_at(of(measure).open, age);
  }
  double log_variance_at(indicators::Measure measure, int age) const;

 private:
  friend class Reporting;
  struct Shares {
    std::vector<double> open;          // of the ages that are not final
    std::vector<double> log_variance;  // of these
    std::optional<int> testable = 0;
  };
  const Shares& of(indicators::Measure measure) const {
    return shares_[static_cast<size_t>(measure)];
  }
  std::array<Shares, domain::kMeasureCount> shares_;
};

class Reporting {
 public:
  explicit Reporting(base::Calendar calendar)
      : options_(detection::DelayOptions::for_calendar(calendar)) {}

  // Forgets the periods that are too old for `tick`. Before its reports; ticks come in their order.
  void begin(base::PeriodIndex tick);
  void add(std::span<const indicators::Report> reports);

  // As of the last tick.
  SharesByMeasure shares() const;
  // What is kept: added to a Reporting of the same tick, it gives the same.
  std::vector<indicators::Report> reports() const;

 private:
  using Row = std::vector<int64_t>;  // by delay
  // Of the periods that a window can hold, and of later ones, some of whose facts are known
  // already.
  using Triangle = absl::btree_map<int32_t, Row>;
  // The first period in which any of these reports was published.
  static std::optional<int32_t> begin_of(const Triangle& triangle);

  detection::DelayOptions options_;
  base::PeriodIndex tick_;
  std::array<Triangle, domain::kMeasureCount> triangles_;
};

}  // namespace bellwether::engine
