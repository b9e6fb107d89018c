// Purpose: the catalogue of indicators: each a formula over measures and windows of one node, as
// data where it can be and code where it must be. Numbers and meanings follow the statistics
// offices. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/calendar.h"
#include "core/indicators/measures.h"
#include "core/indicators/panel.h"

namespace bellwether::indicators {

enum class Indicator : uint8_t {
  kActiveStock,
  kBirthRate,
  kDeathRate,
  kNetBirthRate,
  kChurn,
  kStockGrowth,
  kBirthMomentum,
  kSurvival1,
  kSurvival2,
  kSurvival3,
  kSurvival4,
  kSurvival5,
  kInsolvencyRate,
  kStrikeOffNotices,
  kNewCharges,
  kNetDirectorExits,
  kDistressShare,
  kResponseMedian,
  kResponseP90,
  kReach,
  kDiffusion,
};
inline constexpr size_t kIndicators = 21;

enum class Window : uint8_t { kNow, kFourWeeks, kQuarter, kYear };
// In periods: 1, 4 weeks or 1 month, 13 weeks or 3 months, 52 weeks or 12 months.
int periods_in(Window window, base::Calendar calendar);

enum class Harm : uint8_t { kNone, kLow, kHigh };

struct IndicatorInfo {
  Indicator id;
  std::string_view name;  // in the API
  int number;             // in the catalogue
  std::string_view title;
  std::string_view formula;  // in words
  std::string_view unit;     // count, percent, per_10000, ratio, hours, index
  std::string_view numerator;
  std::string_view denominator;  // empty where nothing is divided
  Window window;
  Harm harm;
  int64_t minimum_base;       // of the denominator; below it there is no value
  std::string_view detector;  // "", "count", "ratio"
  bool support;               // rests on the support topic
};

std::span<const IndicatorInfo> catalogue();
const IndicatorInfo& info(Indicator indicator);
std::optional<Indicator> find_indicator(std::string_view name);
std::optional<Measure> find_measure(std::string_view name);

// A figure, or why there is none.
struct Value {
  double value = 0;
  double numerator = 0;
  double denominator = 0;     // 0 where the indicator has none
  std::string not_available;  // empty when there is a value
  bool below_base = false;    // why there is none: the denominator is below minimum_base
  bool ok() const { return not_available.empty(); }
};

// The indicator of a node at the end of `period`. No value where the base is below minimum_base or
// the panel does not reach back far enough.
Value compute(Indicator indicator, const Panel& panel, Node node, PeriodIndex period);

// Numerator and denominator of a share in one period alone, for detectors on ratios.
struct Share {
  int64_t numerator = 0;
  int64_t denominator = 0;
};
// Only for indicators whose detector is "ratio".
Share share_in(Indicator indicator, const Panel& panel, Node node, PeriodIndex period);

}  // namespace bellwether::indicators
