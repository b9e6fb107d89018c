#include "core/indicators/catalogue.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/indicators/by_decile.h"
#include "core/indicators/reading.h"
#include "core/indicators/values.h"

namespace bellwether::indicators {
namespace {

using domain::Formula;
using domain::Method;
using domain::Quantity;
using domain::Statistic;
using domain::Term;
using domain::Terms;

Span window_ending(const IndicatorInfo& info, base::Calendar calendar, PeriodIndex period) {
  return {PeriodIndex(period.value - periods_in(info.window, calendar) + 1), period};
}

Value ratio_in(const IndicatorInfo& info, const Reading& reading, Span w) {
  const Formula& f = info.compute;
  double const numerator = reading.value_of(f.numerator, w);
  if (f.denominator[0].coefficient == 0) {
    Value v;
    v.value = v.numerator = numerator;
    return v;
  }
  return ratio(f.factor, numerator, reading.value_of(f.denominator, w) / f.divisor, info);
}

// False if the formula counts events of which the register should have told, and has told none. A
// restoration only takes an end back.
bool are_told(const IndicatorInfo& info, const Panel& panel) {
  return std::ranges::all_of(info.compute.numerator, [&](const Term& term) {
    bool const of_measure = term.quantity == Quantity::kSum || term.quantity == Quantity::kTotal;
    return term.coefficient == 0 || !of_measure || term.measure == Measure::kRestorations ||
           panel.is_told(term.measure);
  });
}

Value cohort(const IndicatorInfo& info, const Reading& reading, Span w) {
  Span const born = years_before(w, static_cast<int>(info.compute.parameter), reading.calendar());
  PeriodIndex const known = known_from(info, reading.panel());
  if (born.first < known) return too_early("the cohort", known, reading.panel());
  return ratio_in(info, reading, born);
}

Value before(const IndicatorInfo& info, const Reading& reading, Span w) {
  int const length = w.last.value - w.first.value + 1;
  Span const earlier{PeriodIndex(w.first.value - length), PeriodIndex(w.last.value - length)};
  PeriodIndex const known = known_from(info, reading.panel());
  if (earlier.first < known) return too_early("the window", known, reading.panel());
  return ratio_in(info, reading, earlier);
}

// The level at the end of the window less that before the window. An opening stock tells of what is
// still open only. So a level is too low before it was loaded.
Value change(const IndicatorInfo& info, const Reading& reading, Span w) {
  const Panel& panel = reading.panel();
  PeriodIndex const known = known_from(info, panel);
  if (end_of_before(w).last < known) return too_early("the window", known, panel);
  Value const earlier = ratio_in(info, reading, end_of_before(w));
  Value v = ratio_in(info, reading, w);
  if (!v.ok()) return v;
  if (!earlier.ok()) {
    v.below_base = earlier.below_base;
    v.not_available = base::cat("12 months ago: ", earlier.not_available);
    v.value = 0;
    return v;
  }
  v.value -= earlier.value;
  return v;
}

constexpr char kNeedsEarlierYears[] = "needs three earlier years";

bool has_earlier_years(const IndicatorInfo& info, const Panel& panel, Span w) {
  return years_before(w, kMomentumYears, panel.calendar()).first >= known_from(info, panel);
}

Value momentum(const IndicatorInfo& info, const Reading& reading, Span w) {
  const Formula& f = info.compute;
  if (!has_earlier_years(info, reading.panel(), w)) return unavailable(kNeedsEarlierYears);
  double before = 0;
  for (int y = 1; y <= kMomentumYears; ++y) {
    before += reading.value_of(f.denominator, years_before(w, y, reading.calendar()));
  }
  reading.begin();  // the earlier years are complete
  double const now = reading.value_of(f.numerator, w);
  return ratio(f.factor, now, before / kMomentumYears, info);
}

Value rate_change(const IndicatorInfo& info, const Reading& reading, Span w) {
  const Formula& f = info.compute;
  if (!has_earlier_years(info, reading.panel(), w)) return unavailable(kNeedsEarlierYears);
  double rates = 0;
  for (int y = 1; y <= kMomentumYears; ++y) {
    Span const earlier = years_before(w, y, reading.calendar());
    double const among = reading.value_of(f.denominator, earlier);
    if (among <= 0) return unavailable("no businesses in one of the three years before");
    rates += reading.value_of(f.numerator, earlier) / among;
  }
  reading.begin();  // the earlier years are complete
  double const now = reading.value_of(f.numerator, w);
  double const expected = rates / kMomentumYears * reading.value_of(f.denominator, w);
  return ratio(1, now, expected, info);
}

// The node that holds the node and more: the area above in the same sector; of the whole area, the
// sector above. nullopt for the node of all facts.
std::optional<Node> node_above(const Panel& panel, Node node) {
  if (node.area != reference::kRootArea)
    return Node{panel.reference().areas.at(node.area).parent, node.sector};
  if (node.sector == reference::kAllSectors) return std::nullopt;
  return Node{node.area, panel.reference().sectors.at(node.sector).parent};
}

Value against_above(const IndicatorInfo& info, const Reading& reading, Span w) {
  const Formula& f = info.compute;
  auto const above = node_above(reading.panel(), reading.node());
  if (!above) return ratio(1, 0, reading.value_of(f.numerator, w), info);
  Reading const of_above = reading.at(*above);
  double const among = of_above.value_of(f.denominator, w);
  if (among <= 0) return unavailable("no businesses above");
  double const rate = of_above.value_of(f.numerator, w) / among;
  double const own = reading.value_of(f.numerator, w);
  return ratio(1, rate * reading.value_of(f.denominator, w), own, info);
}

Value one_year(const IndicatorInfo& info, const Reading& reading, Span w) {
  Statistic const of_year = info.compute.numerator[0].statistic;
  Statistic const level = info.compute.denominator[0].statistic;
  auto const found = reading.of_one_year(of_year, level, w);
  if (!found) {
    return unavailable(base::cat("no official figures of ", domain::name(of_year), " and ",
                                 domain::name(level), " of one year, of the last ",
                                 domain::kFigureYearsMax, " years"));
  }
  return ratio(info.compute.factor, found->first, found->second, info);
}

Value quantile(const IndicatorInfo& info, const Reading& reading, Span w) {
  Reading::Histogram const counts = reading.histogram(info.compute.denominator[0].measure, w);
  double total = 0;
  for (double n : counts) total += n;
  Value v = ratio(1, 0, total, info);
  if (v.ok()) v.value = v.numerator = quantile_of(counts, info.compute.parameter);
  return v;
}

// Adds to `points` 1 for each leaf sector below the node's sector that rises, and ½ for each that
// is flat. Adds to `divisions` the number of leaf sectors with a momentum.
void momentum_of_leaves(const Reading& reading, PeriodIndex period, double flat, double& points,
                        int& divisions) {
  const Panel& panel = reading.panel();
  Node const node = reading.node();
  std::span<const SectorId> children = panel.reference().sectors.children(node.sector);
  if (children.empty()) {
    const IndicatorInfo& births = info(Indicator::kBirthMomentum);
    Value const m = momentum(births, reading, window_ending(births, panel.calendar(), period));
    if (!m.ok()) return;
    ++divisions;
    points += m.value > 1 + flat ? 1 : m.value >= 1 - flat ? 0.5 : 0;
    return;
  }
  for (SectorId child : children) {
    if (child == reference::kUnclassified) continue;
    Reading const below = reading.at({node.area, child});
    momentum_of_leaves(below, period, flat, points, divisions);
    reading.include(below);
  }
}

Value diffusion(const IndicatorInfo& info, const Reading& reading, Span w) {
  const IndicatorInfo& births = domain::info(Indicator::kBirthMomentum);
  if (!has_earlier_years(births, reading.panel(),
                         window_ending(births, reading.calendar(), w.last)))
    return unavailable(kNeedsEarlierYears);
  double points = 0;
  int divisions = 0;
  momentum_of_leaves(reading, w.last, info.compute.parameter, points, divisions);
  return ratio(info.compute.factor, points, divisions, info);
}

Value value_in(const IndicatorInfo& entry, const Reading& reading, Span w) {
  if (!reading.is_of_node() && domain::compares_nodes(entry.compute.method))
    return unavailable("compares places or sectors");
  switch (entry.compute.method) {
    case Method::kRatio:
      return ratio_in(entry, reading, w);
    case Method::kCohort:
      return cohort(entry, reading, w);
    case Method::kBefore:
      return before(entry, reading, w);
    case Method::kChange:
      return change(entry, reading, w);
    case Method::kMomentum:
      return momentum(entry, reading, w);
    case Method::kRateChange:
      return rate_change(entry, reading, w);
    case Method::kAbove:
      return against_above(entry, reading, w);
    case Method::kOneYear:
      return one_year(entry, reading, w);
    case Method::kQuantile:
      return quantile(entry, reading, w);
    case Method::kDiffusion:
      return diffusion(entry, reading, w);
    case Method::kShareGap:
    case Method::kEndsRatio:
    case Method::kConcentration:
    case Method::kSlope:
    case Method::kRateGap:
    case Method::kGapChange:
      return by_decile(entry, reading, w);
  }
  return unavailable("unknown indicator");
}

Value no_figure(Statistic missing) {
  return unavailable(base::cat("no official figure of ", domain::name(missing), " of the last ",
                               domain::kFigureYearsMax, " years"));
}

// Of a growing window: whether it need not grow.
bool has_enough_cases(const Value& v) {
  return v.ok() && v.denominator >= domain::kGrowingDenominatorMin &&
         v.numerator >= domain::kGrowingNumeratorMin;
}

}  // namespace

Value compute(Indicator indicator, const Reading& reading, PeriodIndex period, int periods) {
  const IndicatorInfo& entry = info(indicator);
  if (!are_told(entry, reading.panel())) return unavailable(std::string(kNotToldOfEnds));
  PeriodIndex const known = known_from(entry, reading.panel());
  std::span<const int> const lengths =
      periods > 0 ? std::span(&periods, 1)
                  : domain::window_lengths(entry.window, reading.calendar());
  auto const first_of = [&](int length) { return PeriodIndex(period.value - length + 1); };
  if (first_of(lengths.front()) < known) return too_early("the window", known, reading.panel());
  Value v;
  for (int length : lengths) {
    Span const w{first_of(length), period};
    if (w.first < known) break;
    reading.begin();
    v = value_in(entry, reading, w);
    if (auto const missing = reading.missing()) v = no_figure(*missing);
    if (v.ok()) v.figures = reading.used();
    v.window_periods = v.ok() ? length : 0;
    v.reported = reading.reported();
    if (has_enough_cases(v)) break;
  }
  return v;
}

std::string not_known_before(PeriodIndex known, base::Calendar calendar, std::string_view what) {
  return base::cat(what, " begins before ", calendar.name(known),
                   ", and earlier counts are not known");
}

int periods_in(Window window, base::Calendar calendar) {
  return domain::window_lengths(window, calendar).front();
}

Value compute(Indicator indicator, const Panel& panel, Node node, PeriodIndex period) {
  return compute(indicator, Reading(panel, node), period);
}

Value compute(Indicator indicator, const Panel& panel, Node node, PeriodIndex period,
              const LateReports& late) {
  return compute(indicator, Reading(panel, node, late, Reading::Late::kAsReported), period);
}

Value compute_complete(Indicator indicator, const Panel& panel, Node node, PeriodIndex period,
                       const LateReports& late) {
  return compute(indicator, Reading(panel, node, late, Reading::Late::kCompleted), period);
}

std::optional<ShareMeasures> share_of(Indicator indicator) {
  if (!domain::is_share(info(indicator))) return std::nullopt;
  return ShareMeasures{domain::numerator(indicator), domain::denominator(indicator)};
}

Share share_in(const ShareMeasures& share, const Panel& panel, Node node, PeriodIndex period,
               int length) {
  PeriodIndex const first(period.value - length + 1);
  return {panel.sum(node, share.numerator, first, period),
          panel.sum(node, share.denominator, first, period)};
}

}  // namespace bellwether::indicators
