// Purpose: the results of `bellwether detect` for a series by itself: each period against its
// baseline, and the change point. The method of the daemon's rules, which judges all series of a
// table together, is in detect_all.h. Only for counts: values are whole, 0 … kCountMax. Invariants:
// a function of the series and the options; every figure is finite or absent; a closed period and a
// period without a value are in no baseline and do not change the CUSUM. Thread safety: pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/ears.h"
#include "analysis/period_scale.h"
#include "analysis/series_csv.h"
#include "core/base/business_calendar.h"
#include "core/base/calendar.h"
#include "core/detection/cold_start.h"
#include "core/detection/cusum.h"
#include "core/detection/farrington.h"
#include "core/detection/judge.h"

namespace bellwether::analysis {

enum class DetectMethod : uint8_t {
  kRule,          // the alerts that a count rule of the daemon would raise (amber, red)
  kFarrington,    // tails of each period (amber) and a CUSUM of their normal scores (red)
  kCusum,         // only that CUSUM (red)
  kEars,          // the EARS chart: no season, finds only rises (amber)
  kPoissonCusum,  // a CUSUM of counts by likelihood ratio against Farrington's expectation (red)
};

// The side of the expectation that raises alarms.
enum class HarmSides : uint8_t { kLow, kHigh, kBoth };

struct DetectOptions {
  PeriodScale scale = PeriodScale::dated(base::CalendarUnit::kMonth);
  DetectMethod method = DetectMethod::kFarrington;
  HarmSides harm = HarmSides::kBoth;
  detection::FarringtonOptions farrington;
  // For periods with too little history for Farrington's baseline. They do not enter the CUSUM.
  // nullopt: these periods are not assessed.
  std::optional<detection::ColdStartOptions> cold_start;
  bool own_scale = false;  // divides scores by detection::score_scale, as the daemon does
  double alpha = 0.01;     // of each tail
  std::optional<double> threshold_h;    // of each side's CUSUM; nullopt: from the run length
  double in_control_run_length = 1000;  // of each side, in periods
  double rate_ratio = 1.25;  // > 1; kPoissonCusum looks for this rise and for a fall by its inverse
  EarsOptions ears;
  // kRule: false alarms a series-year; of each side.
  double false_alarms_a_year = detection::kFalseAlarmsMonthly;
  std::string total;  // kRule: the series that is the sum of the others; empty: none
  base::BusinessCalendar business_calendar;  // empty for undated periods
};

enum class DetectState : uint8_t { kNormal, kAmber, kRed, kNotAssessed };
std::string_view name(DetectState state);

struct DetectRow {
  base::PeriodIndex period;
  DetectState state = DetectState::kNotAssessed;
  std::string why;  // reason if not assessed
  std::optional<double> observed;
  std::optional<double> expected;
  std::optional<double> dispersion;
  std::optional<double> lower;  // where p_low would be alpha; kEars: none
  std::optional<double> upper;  // where p_high would be alpha; kEars: above is an alarm
  std::optional<double> p_low;
  std::optional<double> p_high;
  std::optional<double> score;  // positive above the expectation; below it with HarmSides::kLow
  std::optional<double> cusum;  // of the side that is nearer to its threshold
  // Set while cusum > 0. kRule: of the open alert.
  std::optional<base::PeriodIndex> onset;
  // Only kRule, of the side with the smaller p: the largest average in units of its width, with the
  // sign of `score`; how many false alarms a year there are if every p at or below this one alarms;
  // and the level that was reached, one of detection::kHitByNames.
  std::optional<double> deviation;
  std::optional<double> false_alarms_a_year;
  std::string_view hit_by;
};

// Any method but kRule. One row per point. The CUSUM begins with the first period that can be
// assessed. With own_scale it covers the latest 104 periods, and all its scores are divided by the
// scale of the period's own score.
std::vector<DetectRow> detect_series(const Series& series, const DetectOptions& options);

}  // namespace bellwether::analysis
