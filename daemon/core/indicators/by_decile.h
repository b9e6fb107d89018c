// Purpose: figures by decile of deprivation (reference/deprivation.h): the sums of the leaf areas
// of each decile, and the indicators that compare them. What is at a place without a decile is a
// class of its own: it is shown, and never spread over the others. What is at mass addresses is in
// that class, because most of it works elsewhere. Invariant: the classes of a
// count add up to the figure of the node. Thread safety: pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "core/indicators/catalogue.h"
#include "core/indicators/figure.h"
#include "core/indicators/panel.h"
#include "core/indicators/reading.h"
#include "core/reference/deprivation.h"
#include "core/stats/inequality.h"
#include "core/stats/intervals.h"

namespace bellwether::indicators {

// The deprived places are those of deciles 1–3, the least deprived those of 8–10.
inline constexpr size_t kEndDeciles = 3;
// If a greater share of the cases, or of those that they are among, is at places without a decile,
// the deciles say too little about the node. What is at mass addresses is left out on purpose, so
// it does not count.
inline constexpr double kUnknownShareMax = 0.2;

// The formula's numerator (cases) among its denominator (size), the most deprived class first. Of a
// formula over residents, a leaf whose residents are not known counts as unknown.
struct DecileClasses {
  std::array<stats::PopulationClass, reference::kDeciles> known{};
  stats::PopulationClass unknown;
  stats::PopulationClass mass;  // of the unknown ones, those at mass addresses

  std::span<const stats::PopulationClass> deprived() const {
    return std::span(known).first(kEndDeciles);
  }
  std::span<const stats::PopulationClass> least_deprived() const {
    return std::span(known).last(kEndDeciles);
  }
};
stats::PopulationClass sum(std::span<const stats::PopulationClass> classes);
// REQUIRES: the reading is of a node.
DecileClasses decile_classes(const domain::Formula& formula, const Reading& reading, Span w);

// The indicator by its classes. REQUIRES: is_by_decile(info.id), and not kGapChange.
Value value_of(const IndicatorInfo& info, const DecileClasses& classes);
// The indicator of the node in the window. REQUIRES: is_by_decile(info.id).
Value by_decile(const IndicatorInfo& info, const Reading& reading, Span w);

// The interval of value_of() of the classes. z: the normal quantile of its level; `dispersion`: by
// which factor the variance exceeds that of independent cases. nullopt if there is no value.
//  - A gap of shares, an index or a slope: value ± z times its standard error (stats/inequality.h).
//  - A ratio: the same of its logarithm.
//  - A gap of rates: Newcombe's interval of a difference of two probabilities (interval.h).
std::optional<stats::Bounds> bounds_of(const IndicatorInfo& info, const DecileClasses& classes,
                                       double z, double dispersion);
// By which factor the variance of a level, the formula's numerator, exceeds that of independent
// cases, because they come in campaigns. A case begins, and ends a year later, so the net change of
// a period has the variance 2 level ÷ (periods in a year). It is estimated by half the square of
// the difference of two net changes in a row, so that growth and decline of the level do not count,
// and by the median of these over the three years before the window's end, divided by that of χ²
// with one degree of freedom, so that the few periods in which a programme begins or ends do not
// count either. At least 1, and 1 if less than two years of levels are known.
double dispersion_of_level(Measure level, const Reading& reading, Span w);

// The figures of a node in one period by decile.
struct Distribution {
  std::array<Value, reference::kDeciles> known;
  Value unknown;
  std::optional<Value> mass;  // of the unknown ones; nullopt if the area has no mass addresses
  Value node;
  std::string not_available;  // why there is no distribution; empty if there is one
};
// Each class by the indicator's own formula, so that rates are rates of the class, and in the
// window of the node. Not available for an indicator that compares places or sectors, and for a
// measure that does not add up over areas.
Distribution distribution(const Figure& figure, const Panel& panel, Node node, PeriodIndex period,
                          const LateReports& late);

}  // namespace bellwether::indicators
