// Purpose: how late the measures are reported: the reporting triangle of each, kept from the deltas of the
// ticks, and what it says of the latest periods.
// An event's delay is the tick at which it was counted less the period that it counts in. It is pooled over
// all areas and sectors, so that a business that moves changes nothing. Periods that were over before the
// first tick are not looked at: a register loaded in one go has no delays.
// Invariants: a pure function of the deltas of every tick since the first.
// Thread safety: one thread; SharesByMeasure is a value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/calendar.h"
#include "detection/detector.h"
#include "detection/reporting_delay.h"
#include "indicators/measures.h"

namespace bellwether::engine {

// By measure and the age of a period, in periods: the share of its events that should have been reported.
class SharesByMeasure {
 public:
  // Age of the latest period of `measure` that can be tested; nullopt where reports are later than is waited
  // for.
  std::optional<int> testable_age(indicators::Measure measure) const { return of(measure).testable; }
  // From the period `age` periods old backwards, as far as they are not final.
  detection::SharesReported from(indicators::Measure measure, int age) const;
  double at(indicators::Measure measure, int age) const { return detection::share_at(of(measure).open, age); }
  double log_variance_at(indicators::Measure measure, int age) const;

 private:
  friend class Reporting;
  struct Shares {
    std::vector<double> open;          // of the ages that are not final
    std::vector<double> log_variance;  // of these
    std::optional<int> testable = 0;
  };
  const Shares& of(indicators::Measure measure) const { return shares_[static_cast<size_t>(measure)]; }
  std::array<Shares, indicators::kMeasures> shares_;
};

class Reporting {
 public:
  explicit Reporting(base::Calendar calendar) : options_(detection::DelayOptions::for_calendar(calendar)) {}

  // Before the deltas of a tick. Ticks come in their order.
  void begin(base::PeriodIndex tick);
  void add(std::span<const indicators::Delta> deltas);

  // As of the last tick.
  SharesByMeasure shares() const;

 private:
  // Periods whose reports a window can hold.
  int32_t rows() const { return options_.window + options_.delay_max; }
  size_t delays() const { return static_cast<size_t>(options_.delay_max) + 1; }
  // Where the row of a period stands: these and the next period's, of which the first events are told before
  // its own tick.
  size_t place(int32_t period) const;

  detection::DelayOptions options_;
  std::optional<base::PeriodIndex> first_;  // tick
  base::PeriodIndex tick_;
  std::array<std::vector<int64_t>, indicators::kMeasures> triangles_;  // by place() and delay
};

}  // namespace bellwether::engine
