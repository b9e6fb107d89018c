// Purpose: the input of a detector: a series of counts, and the periods that its baselines leave
// out.
// Thread safety: values; a CountSeries does not own its counts.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "core/base/calendar.h"
#include "core/base/harm.h"

namespace bellwether::detection {

// Both ends are included.
struct PeriodRange {
  base::PeriodIndex first;
  base::PeriodIndex last;
  bool contains(base::PeriodIndex p) const { return first <= p && p <= last; }
  friend bool operator==(const PeriodRange&, const PeriodRange&) = default;
};

// Counts of consecutive periods: counts[i] belongs to first + i. Nothing was observed before
// `first`. After the last count nothing happened, so that a sector that falls silent causes an
// alarm. A negative count is treated as 0. Periods in a gap were not observed, and in closed
// periods businesses and registers rest (closed_periods.h): both are not scored and no baseline
// uses them.
struct CountSeries {
  base::Calendar calendar{base::CalendarUnit::kWeek};
  base::PeriodIndex first;
  std::span<const int32_t> counts;
  std::span<const PeriodRange> gaps;    // in order of time, disjoint
  std::span<const PeriodRange> closed;  // in order of time, disjoint; may overlap with gaps
  // What the calendar adds to the logarithm of each period's expected count: offsets[i] belongs to
  // first + i. Empty: nothing. Periods outside have offset 0. See calendar_effect.h.
  std::span<const double> offsets;
};

inline double offset_at(const CountSeries& series, int32_t period) {
  int64_t const i = int64_t{period} - series.first.value;
  if (i < 0 || i >= static_cast<int64_t>(series.offsets.size())) return 0;
  return series.offsets[static_cast<size_t>(i)];
}

// The count of a period, ≥ 0; 0 outside the series.
inline int64_t count_at(const CountSeries& series, int32_t period) {
  int64_t const i = int64_t{period} - series.first.value;
  if (i < 0 || i >= static_cast<int64_t>(series.counts.size())) return 0;
  return std::max(0, series.counts[static_cast<size_t>(i)]);
}

// Of ranges in order of time, disjoint: those that touch the periods first … last.
inline std::span<const PeriodRange> ranges_between(std::span<const PeriodRange> ranges,
                                                   int32_t first, int32_t last) {
  auto const begin =
      std::ranges::lower_bound(ranges, base::PeriodIndex(first), {}, &PeriodRange::last);
  auto const end =
      std::ranges::upper_bound(ranges, base::PeriodIndex(last), {}, &PeriodRange::first);
  return begin < end ? std::span(begin, end) : std::span<const PeriodRange>();
}
inline bool is_gap(const CountSeries& series, int32_t period) {
  return !ranges_between(series.gaps, period, period).empty();
}
inline bool is_closed(const CountSeries& series, int32_t period) {
  return !ranges_between(series.closed, period, period).empty();
}

// Tells which of the periods first … last are in a gap or closed. The periods asked for must not
// descend.
class LeftOut {
 public:
  LeftOut(const CountSeries& series, int32_t first, int32_t last)
      : gaps_(ranges_between(series.gaps, first, last)),
        closed_(ranges_between(series.closed, first, last)) {}
  bool contains(int32_t period) { return in(gaps_, period) || in(closed_, period); }

 private:
  static bool in(std::span<const PeriodRange>& ranges, int32_t period) {
    while (!ranges.empty() && ranges.front().last.value < period) ranges = ranges.subspan(1);
    return !ranges.empty() && ranges.front().first.value <= period;
  }
  std::span<const PeriodRange> gaps_;
  std::span<const PeriodRange> closed_;
};

inline bool is_excluded(std::span<const PeriodRange> excluded, int32_t period) {
  return std::ranges::any_of(
      excluded, [period](const PeriodRange& r) { return r.contains(base::PeriodIndex(period)); });
}

// The data that a baseline uses. The journal stores the number: append only.
enum class BaselineKind : uint8_t {
  kSeasonal,  // the same season of earlier years
  kRecent,    // the latest periods, for a series of little more than one year at most
  kRecentAgainstYearBefore,  // the latest periods, corrected by the deviation of the same period of
                             // the year before
};
inline constexpr size_t kBaselineKinds = 3;

using base::Harm;

}  // namespace bellwether::detection
