// Purpose: computes the indicators of domain::kIndicators at a node from the panel.
// Thread safety: pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

// The length of a window in periods; of a growing window, its shortest length.
int periods_in(Window window, base::Calendar calendar);

// How completely the latest periods are reported. By default they are complete.
struct LateReports {
  PeriodIndex through;  // the period of age 0
  // A count is completed if its share is at least this. A smaller part says too little about the
  // rest.
  double least = 0;
  // By measure: the shares of the events that should have been reported by now, by the age of a
  // period, up to the first complete one.
  std::array<std::span<const double>, domain::kMeasureCount> open{};
};

// A figure, or the reason why there is none.
struct Value {
  double value = 0;
  double numerator = 0;
  double denominator = 0;     // 0 if the indicator has no denominator
  std::string not_available;  // the reason why there is no value; empty if there is a value
  bool below_base = false;    // true if the reason is a denominator below minimum_base
  int window_periods = 0;     // the length of the window; 0 if there is no value
  std::vector<UsedFigure> figures = {};  // the official figures in the value
  // Of an amount such as minutes: how many acts it is the sum of. nullopt: the numerator is a
  // count.
  std::optional<double> cases = std::nullopt;
  double reported = 1;  // the share of the formula's events that should have been reported
  bool ok() const { return not_available.empty(); }
};

// The indicator of a node at the end of `period`. There is no value if the denominator is below
// minimum_base, or if the panel does not have or does not know (Panel::known_from, is_told)
// the periods that the formula needs.
Value compute(Indicator indicator, const Panel& panel, Node node, PeriodIndex period);
// The same from the events reported so far; `reported` says how many of them are expected to be
// known.
Value compute(Indicator indicator, const Panel& panel, Node node, PeriodIndex period,
              const LateReports& late);
// The same from estimates of the complete counts: each count is divided by its share.
Value compute_complete(Indicator indicator, const Panel& panel, Node node, PeriodIndex period,
                       const LateReports& late);

// The reason why there is no figure of something that begins before the first known period.
std::string not_known_before(PeriodIndex known, base::Calendar calendar, std::string_view what);

// The reason why there is no figure of events that the register should have told of by now, and has
// not (Panel::is_told).
inline constexpr std::string_view kNotToldOfEnds =
    "the register has told of no end and of none of these events yet, so they are not known";

// The two measures of a share. Every event in the numerator is also in the denominator.
struct ShareMeasures {
  Measure numerator{};
  Measure denominator{};
};
// The measures of an indicator that a ratio detector can test. nullopt for all others.
std::optional<ShareMeasures> share_of(Indicator indicator);

// The numerator and denominator of a share in the `length` periods that end with `period`.
struct Share {
  int64_t numerator = 0;
  int64_t denominator = 0;
};
Share share_in(const ShareMeasures& share, const Panel& panel, Node node, PeriodIndex period,
               int length = 1);

}  // namespace bellwether::indicators
