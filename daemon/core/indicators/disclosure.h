// Purpose: what may be told of people who asked for help, by place. A small count is withheld.
// Where one class alone would be withheld, its count would follow from the others and their total,
// so the next smallest is withheld, too. All other counts are rounded. The same counts always give
// the same answer, so that the difference of two answers reveals nothing. What is withheld beside a
// small count is withheld in one answer: between answers on several nodes only the rounding
// protects. Thread safety: pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/indicators/by_decile.h"
#include "core/indicators/catalogue.h"

namespace bellwether::indicators {

// A count of fewer cases could reveal a single case, so it is withheld.
inline constexpr double kSupportCellMin = 10;
// Counts are rounded to multiples of this.
inline constexpr double kSupportRounding = 5;

double rounded_cases(double cases);
// To the next multiple that is not less.
double rounded_up_cases(double cases);

// Which parts of a total must not be told: those below kSupportCellMin, and the next smallest if it
// would be one alone.
std::vector<bool> withheld(std::span<const double> parts);

// The same for classes that are told with their total. Of some there may never be any, which is no
// secret: a class that is withheld alone has none. So as many more of the next smallest are
// withheld until the withheld ones together are no small count, unless all of them are 0.
std::vector<bool> withheld_classes(std::span<const double> parts);

// The same for the deciles of deprivation. It holds within deciles 1–3, 4–7 and 8–10, because
// indicators tell the totals of these.
std::array<bool, reference::kDeciles> withheld_deciles(
    const std::array<double, reference::kDeciles>& cases);

// The classes from which a figure about people may be computed: no case count in them, alone or
// with what a distribution tells, says more than rounded_cases(). nullopt if a count that the
// indicator needs is withheld. REQUIRES: is_by_decile(info.id).
std::optional<DecileClasses> tellable(const IndicatorInfo& info, const DecileClasses& classes);

// The figure of an indicator by decile as it may be told, with its interval.
struct Disclosed {
  Value value;
  stats::Bounds bounds;
};
inline constexpr double kDisclosedLevel = 0.95;
// nullopt if it may not be told. `exact`: that of compute() for the node and period; `level`: of
// the interval. REQUIRES: exact.ok().
std::optional<Disclosed> disclosed(Indicator indicator, const Value& exact, const Panel& panel,
                                   Node node, PeriodIndex period, const LateReports& late,
                                   double level = kDisclosedLevel);

}  // namespace bellwether::indicators
