// Purpose: the value of an indicator of domain::kIndicators at a node: its formula over the panel.
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/calendar.h"
#include "core/base/harm.h"
#include "core/domain/indicators.h"
#include "core/indicators/panel.h"

namespace bellwether::indicators {

using base::Harm;
using domain::find_indicator;
using domain::Indicator;
using domain::IndicatorInfo;
using domain::info;
using domain::Window;

// In periods: 1, 4 weeks or 1 month, 13 weeks or 3 months, 52 weeks or 12 months.
int periods_in(Window window, base::Calendar calendar);

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

// The two counts that a share divides; the numerator's events are among the denominator's.
struct ShareMeasures {
  Measure numerator{};
  Measure denominator{};
};
// Of an indicator that a detector on ratios can test; nullopt for all others.
std::optional<ShareMeasures> share_of(Indicator indicator);

// Numerator and denominator of a share in one period alone.
struct Share {
  int64_t numerator = 0;
  int64_t denominator = 0;
};
Share share_in(const ShareMeasures& share, const Panel& panel, Node node, PeriodIndex period);

}  // namespace bellwether::indicators
