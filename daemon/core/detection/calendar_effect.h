// Purpose: what the calendar does to counts: fewer business days in a month, and a moving feast in
// one month or the next. The effect is estimated once for all series of a measure, because one
// series alone is too noisy, and is added to the logarithm of each expected count
// (CountSeries::offsets).
//   model     ln of a count = its level + season + Σ γ x; x = ln(business days), and the parts of
//             the days before and after a feast that fall into the period
//   estimate  w = ln y − ½ (ln y before + ln y after) takes the level away; the median over the
//             series takes their own noise away; each month's usual value is taken off; then
//             Huber's regression (Huber 1964, Annals of Mathematical Statistics 35, 73–101) of w on
//             the same differences of x. Coefficients are shrunk by max(0, 1 − 1/t²) and rounded,
//             so that a late report does not change them and with them every baseline.
// Weeks have no effect here: those with a closure are not judged (closed_periods.h).
// Invariants: a function of the set of series; their order does not matter.
// Thread safety: pure.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "core/base/business_calendar.h"
#include "core/base/calendar.h"
#include "core/detection/series.h"

namespace bellwether::detection {

inline constexpr size_t kCalendarTerms = 3;  // ln(business days), before a feast, after a feast
using CalendarTerms = std::array<double, kCalendarTerms>;
// With fewer months in which a median can be taken, there is no estimate.
inline constexpr size_t kCalendarMonthsMin = 36;
// Series with a smaller mean count say little about the calendar.
inline constexpr double kCalendarMeanMin = 20;
inline constexpr double kCalendarRounding = 0.02;

// The coefficients γ, estimated from the periods before `end`. All 0 for weeks, without special
// days, or with too little data.
CalendarTerms calendar_effect(std::span<const CountSeries> series,
                              const base::BusinessCalendar& days, base::Calendar calendar,
                              base::PeriodIndex end);

// The offsets of `count` periods from `first` on. Empty if every coefficient is 0.
std::vector<double> calendar_offsets(const CalendarTerms& effect,
                                     const base::BusinessCalendar& days, base::Calendar calendar,
                                     base::PeriodIndex first, size_t count);

}  // namespace bellwether::detection
