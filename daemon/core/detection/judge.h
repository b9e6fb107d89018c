// Purpose: judges all series of a rule together: which of them deviate too far to be chance. The
// daemon does this at each tick, `backtest` at each past period and `detect` for one series.
//   width   of each average, pooled: log widths are shrunk towards the median of all series by
//           n/(n + prior) of their settled periods (an empirical null, Efron 2004); at least 1
//   p       of the three averages together (multi_speed.h)
//   hit     at one of three levels, which together give at most the stated false alarms:
//             its own       p at or below a fixed level for this share of the stated rate
//             together      Benjamini & Hochberg 1995 over the tick; its false-discovery rate
//                           follows from the stated rate and the number of series
//             with parent   the whole region is hit at a stricter level, and the series deviates
//             too
//           A hit also needs an average of short memory above kStillGoing: what is over is no hit.
// Invariants: a function of the set of series; their order does not matter.
// Thread safety: pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/calendar.h"
#include "core/detection/detector.h"
#include "core/detection/multi_speed.h"

namespace bellwether::detection {

// What an operator states, and what follows from it.
inline constexpr double kFalseAlarmsWeekly = 0.05;
inline constexpr double kFalseAlarmsMonthly = 0.1;
struct StatedRate {
  double false_alarms_a_year = kFalseAlarmsWeekly;  // per series, if nothing but chance happens
  double false_discovery_rate_max = 0.05;           // the upper limit of what follows from it

  // The level of p for a series by itself, and that of the whole region for its parts.
  double own_level(base::Calendar calendar) const;
  double region_level(base::Calendar calendar) const;
  // The false-discovery rate for `series` tested series.
  double false_discovery_rate(size_t series, base::Calendar calendar) const;
};
// Shares of the stated rate. The level of all series together finds fewer by chance than its share,
// because alarms of one series last for several ticks. The region's level is strict, because its
// false alarms are those of many parts at once; a tenth of them follow by chance (kFollows).
inline constexpr double kOwnShare = 0.85;
inline constexpr double kTogetherShare = 0.3;
inline constexpr double kRegionShare = 0.2;
inline constexpr double kFollows = 1.2816;  // standard deviations, p = 0.1

// In settled periods, for weeks and for months.
inline constexpr double kWidthPriorWeeks = 60;
inline constexpr double kWidthPriorMonths = 30;
// With fewer series that have a width, this is the usual one: the median of the registers at hand
// before their test parts (four series of US applications by state and week, Singapore births by
// month: 1.32 to 1.41, 1.66 to 1.81 and 2.32 to 2.53).
inline constexpr size_t kPooledSeriesMin = 8;
inline constexpr BySpeed kUsualWidth = {1.35, 1.75, 2.45};
// Smaller widths count as this: a series whose counts are all as expected says nothing about the
// others.
inline constexpr double kWidthMin = 0.25;
inline constexpr double kStillGoing = 1;         // standard deviations
inline constexpr double kBackToNormal = 0.8416;  // p = 0.2

// Which level was reached. The journal stores the number: append only.
enum class HitBy : uint8_t { kNothing, kOwnLevel, kTogether, kParent };
inline constexpr std::array<std::string_view, 4> kHitByNames = {"nothing", "own_level", "together",
                                                                "parent"};

// The levels at which the series of a tick are hit.
struct Levels {
  double own = 0;       // of p
  double together = 0;  // of p_adjusted
  bool region = false;  // the whole region is hit at its stricter level
};

struct Judged {
  const Assessment* assessment = nullptr;  // null: not tested; the rest keeps its defaults
  BySpeed score{};                         // averages in units of their widths; positive is harm
  double p = 1;                            // of the three averages together
  double p_adjusted = 1;                   // by Benjamini–Hochberg
  HitBy hit = HitBy::kNothing;

  // The largest average, and which it is.
  size_t strongest() const;
  // The larger average of the two short memories.
  double recent() const { return score[0] < score[1] ? score[1] : score[0]; }
  bool quiet() const { return recent() < kBackToNormal; }
  // The latest periods still deviate. Otherwise nothing is hit, at whatever level.
  bool going() const { return recent() >= kStillGoing; }
  // The series is beyond this level, whether it is going or not. False for kNothing.
  bool beyond(HitBy level, const Levels& levels) const;
  // The average of the longest memory is beyond `level` by itself: the change has lasted.
  bool lasting(double level) const;
};

// Sets everything but `assessment`. `parent` is the index of the series of the whole region, if it
// is tested. Returns the levels that were asked.
Levels judge_together(std::span<Judged> series, std::optional<size_t> parent,
                      const StatedRate& rate, base::Calendar calendar);

}  // namespace bellwether::detection
