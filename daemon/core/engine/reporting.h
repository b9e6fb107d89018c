// Purpose: estimates how late the measures are reported: one reporting triangle for each measure
// under which facts are reported (domain::delays_of), over all areas and sectors, and the resulting
// shares of the latest periods. What was published in the first two periods of publication says
// nothing about delays if it is about earlier periods: a register that is loaded at once has none.
// What is published later about these periods does.
// Invariants: a pure function of the tick and of the facts known then, as the cells are: the sum of
// their reports, independent of earlier ticks. So replicas with different cuts of earlier ticks
// agree on this tick.
// Thread safety: one thread; SharesByMeasure is a value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "core/base/calendar.h"
#include "core/detection/detector.h"
#include "core/detection/reporting_delay.h"
#include "core/indicators/catalogue.h"
#include "core/indicators/deltas.h"
#include "core/indicators/panel.h"

namespace bellwether::engine {

// The share of a period's events that should have been reported, by measure and by the age of the
// period in periods.
class SharesByMeasure {
 public:
  // The age of the latest period of `measure` that can be tested. nullopt if no age up to the
  // longest delay is testable.
  std::optional<int> testable_age(indicators::Measure measure) const {
    return of(measure).testable;
  }
  // The shares from the period that is `age` periods old backwards, up to the first final one.
  detection::SharesReported from(indicators::Measure measure, int age) const;
  // The age from which on the events of `measure` are complete, whatever period they count in.
  int complete_age(indicators::Measure measure) const {
    return static_cast<int>(shares_[static_cast<size_t>(domain::delays_of(measure))].open.size());
  }
  // For the indicators at periods up to `through`, the period of age 0. Refers to these shares.
  indicators::LateReports late(base::PeriodIndex through) const;
  double at(indicators::Measure measure, int age) const {
    return detection::share_at(of(measure).open, age);
  }
  double log_variance_at(indicators::Measure measure, int age) const;

  // Of a measure under which facts are reported.
  struct Shares {
    std::vector<double> open;          // for the ages that are not final
    std::vector<double> log_variance;  // for the same ages
    std::optional<int> testable = 0;
    friend bool operator==(const Shares&, const Shares&) = default;
  };
  using Table = std::array<Shares, domain::kMeasureCount>;  // by domain::delays_of()
  SharesByMeasure() = default;
  explicit SharesByMeasure(Table shares) : shares_(std::move(shares)) {}
  const Table& table() const { return shares_; }

 private:
  friend class Reporting;
  // A measure whose events do not count in their own period has complete shares.
  const Shares& of(indicators::Measure measure) const {
    static constinit const Shares kComplete;
    if (!domain::is_dated(measure)) return kComplete;
    return shares_[static_cast<size_t>(domain::delays_of(measure))];
  }
  Table shares_;
};

// The share of the measures' events that should have been reported, by the age of a period, for the
// periods that are not final. Weighted by the counts of the last year.
std::vector<double> pooled_reported(const SharesByMeasure& reported, const indicators::Panel& panel,
                                    std::span<const indicators::Measure> measures,
                                    base::PeriodIndex tick);

// The age of the latest period for which an indicator can be judged: most of its events are
// reported, so that indicators::compute_complete() can estimate the rest.
int testable_age(const SharesByMeasure& reported, const indicators::Panel& panel,
                 indicators::Indicator indicator, base::PeriodIndex tick);

inline constexpr double kLoadedShare = 0.5;

class Reporting {
 public:
  explicit Reporting(base::Calendar calendar)
      : options_(detection::DelayOptions::for_calendar(calendar)) {}

  // Starts a tick and drops the periods that are too old for it. Call before add(), in the order of
  // the ticks.
  void begin(base::PeriodIndex tick);
  void add(std::span<const indicators::Report> reports);

  // The shares at the last tick.
  SharesByMeasure shares() const;
  // The period in which the register was loaded: its first reports are about births in more than
  // kLoadedShare of the half year before. nullopt if there was no load within about half a year
  // before the last tick: then the register tells of births as they happen, or each quarter.
  std::optional<base::PeriodIndex> load() const;
  // The stored reports. Added to an empty Reporting at the same tick, they restore the state.
  std::vector<indicators::Report> reports() const;

 private:
  using Row = std::vector<int64_t>;  // by delay
  // Rows of the periods that a window can hold, and of later periods for which some facts are
  // already known.
  using Triangle = absl::btree_map<int32_t, Row>;
  // The first period in which any of these reports was published.
  static std::optional<int32_t> begin_of(const Triangle& triangle);

  detection::DelayOptions options_;
  base::PeriodIndex tick_;
  std::array<Triangle, domain::kMeasureCount> triangles_;
};

}  // namespace bellwether::engine
