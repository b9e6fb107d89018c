#include "core/indicators/disclosure.h"

#include <algorithm>
#include <cmath>

#include "core/stats/normal.h"

namespace bellwether::indicators {
namespace {

using domain::Method;
using stats::PopulationClass;

// The first class of each group of deciles, and the end.
constexpr std::array<size_t, 4> kGroups = {0, kEndDeciles, reference::kDeciles - kEndDeciles,
                                           reference::kDeciles};

bool is_tellable(double cases) {
  return cases >= kSupportCellMin;
}

std::vector<bool> too_small(std::span<const double> parts) {
  std::vector<bool> out(parts.size());
  for (size_t i = 0; i < parts.size(); ++i) out[i] = !is_tellable(parts[i]);
  return out;
}

// Withholds the smallest part that is not withheld. False if there is none.
bool withhold_next(std::span<const double> parts, std::vector<bool>& out) {
  size_t next = parts.size();
  for (size_t i = 0; i < parts.size(); ++i) {
    if (!out[i] && (next == parts.size() || parts[i] < parts[next])) next = i;
  }
  if (next < parts.size()) out[next] = true;
  return next < parts.size();
}

DecileClasses without_cases(DecileClasses classes) {
  for (PopulationClass& c : classes.known) c.cases = 0;
  classes.unknown = classes.mass = {};  // they were found to be small enough
  return classes;
}

// A gap tells the cases in deciles 1–3 and in all.
std::optional<DecileClasses> tellable_shares(const DecileClasses& classes) {
  double const first = sum(classes.deprived()).cases;
  double const all = sum(classes.known).cases;
  if (!is_tellable(first) || !is_tellable(all - first)) return std::nullopt;
  DecileClasses out = without_cases(classes);
  out.known.front().cases = rounded_cases(first);
  out.known.back().cases = rounded_cases(all) - rounded_cases(first);
  return out;
}

// A ratio tells the cases in deciles 1–3 and in 8–10.
std::optional<DecileClasses> tellable_ends(const DecileClasses& classes) {
  double const first = sum(classes.deprived()).cases;
  double const last = sum(classes.least_deprived()).cases;
  if (!is_tellable(first) || !is_tellable(last)) return std::nullopt;
  DecileClasses out = without_cases(classes);
  out.known.front().cases = rounded_cases(first);
  out.known.back().cases = rounded_cases(last);
  return out;
}

std::optional<DecileClasses> tellable_classes(const DecileClasses& classes) {
  DecileClasses out = classes;
  for (PopulationClass& c : out.known) {
    if (!is_tellable(c.cases)) return std::nullopt;
    c.cases = rounded_cases(c.cases);
  }
  out.unknown = out.mass = {};
  return out;
}

}  // namespace

double rounded_cases(double cases) {
  return kSupportRounding * std::round(cases / kSupportRounding);
}

double rounded_up_cases(double cases) {
  // What a sum of shares misses by its last bits is no case.
  constexpr double kLastBits = 1e-9;
  return kSupportRounding * std::max(0.0, std::ceil(cases / kSupportRounding - kLastBits));
}

std::vector<bool> withheld(std::span<const double> parts) {
  std::vector<bool> out = too_small(parts);
  if (std::ranges::count(out, true) == 1) withhold_next(parts, out);
  return out;
}

std::vector<bool> withheld_classes(std::span<const double> parts) {
  std::vector<bool> out = too_small(parts);
  auto const hidden = [&] {
    double sum = 0;
    for (size_t i = 0; i < parts.size(); ++i) sum += out[i] ? parts[i] : 0;
    return sum;
  };
  while (hidden() > 0 && !is_tellable(hidden()) && withhold_next(parts, out)) {
  }
  return out;
}

std::array<bool, reference::kDeciles> withheld_deciles(
    const std::array<double, reference::kDeciles>& cases) {
  std::array<bool, reference::kDeciles> out{};
  for (size_t g = 0; g + 1 < kGroups.size(); ++g) {
    std::vector<bool> const group =
        withheld(std::span(cases).subspan(kGroups[g], kGroups[g + 1] - kGroups[g]));
    std::ranges::copy(group, out.begin() + static_cast<ptrdiff_t>(kGroups[g]));
  }
  return out;
}

std::optional<DecileClasses> tellable(const IndicatorInfo& info, const DecileClasses& classes) {
  switch (info.compute.method) {
    case Method::kShareGap:
      return tellable_shares(classes);
    case Method::kEndsRatio:
      return tellable_ends(classes);
    default:
      return tellable_classes(classes);
  }
}

std::optional<Disclosed> disclosed(Indicator indicator, const Value& exact, const Panel& panel,
                                   Node node, PeriodIndex period, const LateReports& late,
                                   double level) {
  IndicatorInfo enough = info(indicator);
  enough.minimum_base = 0;  // the exact counts were enough
  Span const w{PeriodIndex(period.value - exact.window_periods + 1), period};
  Reading const reading(panel, node, late, Reading::Late::kAsReported);
  auto const classes = tellable(enough, decile_classes(enough.compute, reading, w));
  if (!classes) return std::nullopt;
  Disclosed out;
  out.value = value_of(enough, *classes);
  if (!out.value.ok()) return std::nullopt;
  out.value.window_periods = exact.window_periods;
  out.value.reported = exact.reported;
  const domain::Term& counted = enough.compute.numerator[0];
  double const dispersion = counted.quantity == domain::Quantity::kTotal
                                ? dispersion_of_level(counted.measure, reading, w)
                                : 1;
  double const z = -stats::normal_quantile((1 - level) / 2);
  if (auto const bounds = bounds_of(enough, *classes, z, dispersion)) out.bounds = *bounds;
  return out;
}

}  // namespace bellwether::indicators
