#include "core/indicators/by_decile.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/indicators/figure.h"
#include "core/indicators/values.h"

namespace bellwether::indicators {
namespace {

using domain::Formula;
using domain::Method;
using domain::Quantity;
using reference::Deprivation;
using reference::kDeciles;
using stats::PopulationClass;

constexpr char kNoDeciles[] =
    "no deciles of deprivation here; reference.deprivation in the configuration names their file";

bool is_over_residents(const Formula& f) {
  return f.denominator[0].quantity == Quantity::kResidents;
}

PopulationClass class_of(const Formula& f, const Reading& reading, Span w) {
  return {reading.value_of(f.denominator, w) / f.divisor, reading.value_of(f.numerator, w)};
}

// As the statistics need it: where more businesses were restored than ended, no end.
DecileClasses without_negatives(DecileClasses classes) {
  for (PopulationClass& c : classes.known) c = {std::max(0.0, c.size), std::max(0.0, c.cases)};
  return classes;
}

bool is_mostly_known(const DecileClasses& classes) {
  PopulationClass const known = sum(classes.known);
  auto const few = [](double unknown, double rest) {
    return std::abs(unknown) <= kUnknownShareMax * (std::abs(unknown) + rest);
  };
  return few(classes.unknown.cases - classes.mass.cases, known.cases) &&
         few(classes.unknown.size - classes.mass.size, known.size);
}

// The mean rank of the population's classes, weighted by their cases, times the cases.
double sum_of_ranks(std::span<const PopulationClass> classes) {
  double const size = sum(classes).size;
  double before = 0;
  double ranks = 0;
  for (const PopulationClass& c : classes) {
    double const p = c.size / size;
    if (c.size > 0) ranks += c.cases * (before + p / 2);
    before += p;
  }
  return ranks;
}

double rate(const PopulationClass& c) {
  return c.cases / c.size;
}

// A value whose denominator is at least the minimum base; otherwise the reason.
Value with_base(const IndicatorInfo& info, double numerator, double denominator, double value) {
  Value v = ratio(1, numerator, denominator, info);
  if (v.ok()) v.value = value;
  return v;
}

Value share_gap(const IndicatorInfo& info, const DecileClasses& classes) {
  auto const gap = stats::share_gap(classes.known, kEndDeciles);
  return with_base(info, sum(classes.deprived()).cases, sum(classes.known).cases,
                   gap ? info.compute.factor * gap->value : 0);
}

// Of what the minimum base is: of a ratio of both ends not the denominator, which is expected only.
std::string_view name_of_base(const IndicatorInfo& info) {
  return info.compute.method == Method::kEndsRatio ? "businesses supported in known deciles"
                                                   : info.denominator;
}

Value ends_ratio(const IndicatorInfo& info, const DecileClasses& classes) {
  PopulationClass const first = sum(classes.deprived());
  PopulationClass const last = sum(classes.least_deprived());
  double const supported = sum(classes.known).cases;
  if (supported < static_cast<double>(info.minimum_base))
    return below_base(info, name_of_base(info), "is", supported);
  if (first.size <= 0 || last.size <= 0 || last.cases <= 0)
    return unavailable("nobody to compare with in deciles 1–3 or 8–10");
  Value v;
  v.numerator = first.cases;
  v.denominator = rate(last) * first.size;
  v.value = info.compute.factor * v.numerator / v.denominator;
  return v;
}

Value concentration(const IndicatorInfo& info, const DecileClasses& classes) {
  double const cases = sum(classes.known).cases;
  double const ranks = sum_of_ranks(classes.known);
  auto const index = stats::concentration_index(classes.known);
  return with_base(info, ranks, cases, index ? index->value : 0);
}

Value slope(const IndicatorInfo& info, const DecileClasses& classes) {
  PopulationClass const all = sum(classes.known);
  Value v = with_base(info, all.cases, all.size, 0);
  if (!v.ok()) return v;
  auto const found = stats::slope_index(classes.known);
  if (!found) return unavailable("all are in one decile");
  v.value = info.compute.factor * found->value;
  return v;
}

Value rate_gap(const IndicatorInfo& info, const DecileClasses& classes) {
  PopulationClass const first = sum(classes.deprived());
  PopulationClass const last = sum(classes.least_deprived());
  Value v = ratio(1, first.cases, first.size, info);
  if (!v.ok()) return v;
  if (last.size < static_cast<double>(info.minimum_base)) {
    v = unavailable(base::cat("the same in deciles 8–10 are below ", info.minimum_base));
    v.below_base = true;
    return v;
  }
  v.value = info.compute.factor * (rate(first) - rate(last));
  return v;
}

// Of the window that ended `years` years before.
Value rate_gap_before(const IndicatorInfo& info, const Reading& reading, Span w, int years) {
  Span const then = years_before(w, years, reading.calendar());
  PeriodIndex const known = known_from(info, reading.panel());
  if (then.first < known) return too_early("the cohort", known, reading.panel());
  DecileClasses const classes = decile_classes(info.compute, reading, then);
  if (!is_mostly_known(classes)) return unavailable("too much is at places without a decile");
  return rate_gap(info, classes);
}

Value gap_change(const IndicatorInfo& info, const Reading& reading, Span w) {
  auto const ago = static_cast<int>(info.compute.parameter);
  Value v = rate_gap_before(info, reading, w, ago);
  double gap = v.value;
  double change = 0;
  for (int year = 1; v.ok() && year <= 2; ++year) {
    Value const earlier = rate_gap_before(info, reading, w, ago + year);
    if (!earlier.ok())
      return unavailable(
          base::cat(year, year == 1 ? " year" : " years", " before: ", earlier.not_available));
    change = year == 1 ? gap - earlier.value : std::max(change, gap - earlier.value);
    gap = earlier.value;
  }
  if (v.ok()) v.value = change;
  return v;
}

// The base of all places, with and without a decile, which is quickly found: in known deciles it is
// not greater.
double base_everywhere(const IndicatorInfo& info, const Reading& reading, Span w) {
  bool const by_cases = info.compute.method != Method::kSlope;
  return reading.value_of(by_cases ? info.compute.numerator : info.compute.denominator, w);
}

}  // namespace

PopulationClass sum(std::span<const PopulationClass> classes) {
  PopulationClass all;
  for (const PopulationClass& c : classes) {
    all.size += c.size;
    all.cases += c.cases;
  }
  return all;
}

DecileClasses decile_classes(const Formula& formula, const Reading& reading, Span w) {
  BELLWETHER_CHECK(reading.is_of_node());
  const Deprivation& deprivation = reading.panel().reference().deprivation;
  DecileClasses out;
  std::vector<AreaId> leaves;
  for (int decile = 1; decile <= kDeciles; ++decile) {
    std::span<const AreaId> const all = deprivation.leaves(reading.node().area, decile);
    leaves.assign(all.begin(), all.end());
    if (is_over_residents(formula))
      std::erase_if(leaves, [&](AreaId leaf) { return deprivation.residents(leaf) == 0; });
    Reading const of_decile = reading.of(leaves);
    out.known[static_cast<size_t>(decile - 1)] = class_of(formula, of_decile, w);
    reading.include(of_decile);
  }
  PopulationClass const known = sum(out.known);
  PopulationClass const all = class_of(formula, reading.at(reading.node()), w);
  out.unknown = {all.size - known.size, all.cases - known.cases};
  std::vector<AreaId> const mass =
      reading.panel().reference().areas.mass_parts(reading.node().area);
  if (!mass.empty()) out.mass = class_of(formula, reading.of(mass), w);
  return out;
}

Value value_of(const IndicatorInfo& info, const DecileClasses& raw) {
  DecileClasses const classes = without_negatives(raw);
  if (!is_mostly_known(classes)) {
    return unavailable(base::cat("more than ", 100 * kUnknownShareMax,
                                 " % are at places without a decile of deprivation"));
  }
  switch (info.compute.method) {
    case Method::kShareGap:
      return share_gap(info, classes);
    case Method::kEndsRatio:
      return ends_ratio(info, classes);
    case Method::kConcentration:
      return concentration(info, classes);
    case Method::kSlope:
      return slope(info, classes);
    default:
      return rate_gap(info, classes);
  }
}

Value by_decile(const IndicatorInfo& info, const Reading& reading, Span w) {
  if (reading.panel().reference().deprivation.empty()) return unavailable(kNoDeciles);
  if (info.compute.method == Method::kGapChange) return gap_change(info, reading, w);
  if (info.compute.method == Method::kRateGap)
    return rate_gap_before(info, reading, w, static_cast<int>(info.compute.parameter));
  double const base = base_everywhere(info, reading, w);
  if (base < static_cast<double>(info.minimum_base))
    return below_base(info, name_of_base(info), "is at most", base);
  reading.begin();
  return value_of(info, decile_classes(info.compute, reading, w));
}

std::optional<stats::Bounds> bounds_of(const IndicatorInfo& info, const DecileClasses& raw,
                                       double z, double dispersion) {
  DecileClasses const classes = without_negatives(raw);
  double const factor = info.compute.factor;
  auto const around = [&](const std::optional<stats::Estimate>& e,
                          auto scale) -> std::optional<stats::Bounds> {
    if (!e) return std::nullopt;
    double const half = z * std::sqrt(e->variance * dispersion);
    return stats::Bounds{scale(e->value - half), scale(e->value + half)};
  };
  auto const times = [&](double x) { return factor * x; };
  switch (info.compute.method) {
    case Method::kShareGap:
      return around(stats::share_gap(classes.known, kEndDeciles), times);
    case Method::kEndsRatio:
      return around(stats::log_rate_ratio(classes.known, kEndDeciles),
                    [&](double x) { return factor * std::exp(x); });
    case Method::kConcentration:
      return around(stats::concentration_index(classes.known), times);
    case Method::kSlope:
      return around(stats::slope_index(classes.known), times);
    case Method::kRateGap: {
      PopulationClass const a = sum(classes.deprived());
      PopulationClass const b = sum(classes.least_deprived());
      if (a.size <= 0 || b.size <= 0) return std::nullopt;
      stats::Bounds const d = stats::difference({std::min(a.cases, a.size), a.size},
                                                {std::min(b.cases, b.size), b.size}, z);
      return stats::Bounds{factor * d.lower, factor * d.upper};
    }
    default:
      return std::nullopt;
  }
}

double dispersion_of_level(Measure level, const Reading& reading, Span w) {
  constexpr int kYears = 3;
  const Panel& panel = reading.panel();
  int const year = panel.calendar().periods_per_year();
  // In the year after the first cases, only beginnings are known.
  SeriesView const all = panel.series({}, level);
  auto const seen = std::ranges::find_if(all.counts, [](int32_t n) { return n != 0; });
  int32_t const first = all.first.value + static_cast<int32_t>(seen - all.counts.begin());
  int32_t const begin = std::max(w.last.value - kYears * year + 1,
                                 std::max(first, panel.known_from(level).value) + year);
  if (w.last.value - begin + 1 < year) return 1;
  constexpr double kMedianOfChiSquare = 0.4549364;  // with one degree of freedom
  auto const change = [&](int32_t t) {
    return static_cast<double>(panel.at(reading.node(), level, PeriodIndex(t)));
  };
  std::vector<double> ratios;
  for (int32_t t = begin + 1; t <= w.last.value; ++t) {
    double const step = change(t) - change(t - 1);
    double const expected =
        2 * static_cast<double>(panel.cumulative(reading.node(), level, PeriodIndex(t))) / year;
    if (expected > 0) ratios.push_back(step * step / 2 / expected);
  }
  if (ratios.empty()) return 1;
  auto const middle = ratios.begin() + std::ssize(ratios) / 2;
  std::ranges::nth_element(ratios, middle);
  return std::max(1.0, *middle / kMedianOfChiSquare);
}

namespace {

Distribution by_class(const Figure& figure, const Reading& node, PeriodIndex period) {
  const Deprivation& deprivation = node.panel().reference().deprivation;
  Distribution out;
  out.not_available = why_undivided(figure, "decile");
  if (out.not_available.empty() && deprivation.empty()) out.not_available = kNoDeciles;
  if (!out.not_available.empty()) return out;
  out.node = value_of(figure, node, period);
  int const window = out.node.window_periods;
  std::vector<AreaId> all;
  for (int decile = 1; decile <= kDeciles; ++decile) {
    std::span<const AreaId> const leaves = deprivation.leaves(node.node().area, decile);
    out.known[static_cast<size_t>(decile - 1)] = value_of(figure, node.of(leaves), period, window);
    all.insert(all.end(), leaves.begin(), leaves.end());
  }
  out.unknown = value_of(figure, node.without(all), period, window);
  std::vector<AreaId> const mass = node.panel().reference().areas.mass_parts(node.node().area);
  if (!mass.empty()) out.mass = value_of(figure, node.of(mass), period, window);
  return out;
}

}  // namespace

Distribution distribution(const Figure& figure, const Panel& panel, Node node, PeriodIndex period,
                          const LateReports& late) {
  return by_class(figure, Reading(panel, node, late, Reading::Late::kAsReported), period);
}

}  // namespace bellwether::indicators
