#include "core/indicators/catalogue.h"

#include <array>

#include "core/base/response_hours.h"
#include "core/base/text.h"

namespace bellwether::indicators {
namespace {

using domain::Formula;
using domain::Method;
using domain::Quantity;
using domain::Term;
using domain::Terms;

struct Span {
  PeriodIndex first;
  PeriodIndex last;
};

Span window_ending(const IndicatorInfo& info, const Panel& panel, PeriodIndex period) {
  return {PeriodIndex(period.value - periods_in(info.window, panel.calendar()) + 1), period};
}
Span years_before(Span w, int years, const Panel& panel) {
  int const periods = years * panel.calendar().periods_per_year();
  return {PeriodIndex(w.first.value - periods), PeriodIndex(w.last.value - periods)};
}

double quantity(const Term& term, const Panel& panel, Node node, Span w) {
  switch (term.quantity) {
    case Quantity::kSum:
      return static_cast<double>(panel.sum(node, term.measure, w.first, w.last));
    case Quantity::kTotal:
      return static_cast<double>(panel.cumulative(node, term.measure, w.last));
    case Quantity::kStock:
      return static_cast<double>(panel.stock(node, w.last));
    case Quantity::kStockBefore:
      return static_cast<double>(panel.stock(node, PeriodIndex(w.first.value - 1)));
  }
  return 0;
}

double value_of(const Terms& terms, const Panel& panel, Node node, Span w) {
  double sum = 0;
  for (const Term& term : terms) {
    if (term.coefficient == 0) break;
    sum += term.coefficient * quantity(term, panel, node, w);
  }
  return sum;
}

Value unavailable(std::string why) {
  Value v;
  v.not_available = std::move(why);
  return v;
}

// `factor` × numerator ÷ denominator. No value if the denominator is below the minimum base.
Value ratio(double factor, double numerator, double denominator, const IndicatorInfo& info) {
  Value v;
  v.numerator = numerator;
  v.denominator = denominator;
  if (denominator < static_cast<double>(info.minimum_base) || denominator <= 0) {
    v.below_base = true;
    // A small count of people is itself confidential, so the text does not contain it.
    v.not_available =
        domain::privacy(info.id) == domain::Privacy::kPeople
            ? base::cat(info.denominator, " below ", info.minimum_base)
            : base::cat(info.denominator, " is ", denominator, ", below ", info.minimum_base);
    return v;
  }
  v.value = factor * numerator / denominator;
  return v;
}

Value ratio_in(const IndicatorInfo& info, const Panel& panel, Node node, Span w) {
  const Formula& f = info.compute;
  double const numerator = value_of(f.numerator, panel, node, w);
  if (f.denominator[0].coefficient == 0) {
    Value v;
    v.value = v.numerator = numerator;
    return v;
  }
  return ratio(f.factor, numerator, value_of(f.denominator, panel, node, w) / f.divisor, info);
}

Value cohort(const IndicatorInfo& info, const Panel& panel, Node node, Span w) {
  Span const born = years_before(w, static_cast<int>(info.compute.parameter), panel);
  if (born.first < panel.first_period()) {
    return unavailable("the cohort is older than the kept periods");
  }
  return ratio_in(info, panel, node, born);
}

// A momentum compares a window with the same window of this many earlier years.
constexpr int kMomentumYears = 3;
constexpr char kNeedsEarlierYears[] = "needs three earlier years";

bool has_earlier_years(const Panel& panel, Span w) {
  return years_before(w, kMomentumYears, panel).first >= panel.first_period();
}

Value momentum(const IndicatorInfo& info, const Panel& panel, Node node, Span w) {
  const Formula& f = info.compute;
  if (!has_earlier_years(panel, w)) return unavailable(kNeedsEarlierYears);
  double before = 0;
  for (int y = 1; y <= kMomentumYears; ++y) {
    before += value_of(f.denominator, panel, node, years_before(w, y, panel));
  }
  return ratio(f.factor, value_of(f.numerator, panel, node, w), before / kMomentumYears, info);
}

Value quantile(const IndicatorInfo& info, const Panel& panel, Node node, Span w) {
  Measure const first = info.compute.denominator[0].measure;
  std::array<int64_t, base::kResponseBuckets> counts{};
  int64_t total = 0;
  for (size_t b = 0; b < base::kResponseBuckets; ++b) {
    counts[b] = panel.sum(node, measure_at(first, b), w.first, w.last);
    total += counts[b];
  }
  Value v = ratio(1, 0, static_cast<double>(total), info);
  if (!v.ok()) return v;
  double const target = info.compute.parameter * static_cast<double>(total);
  double below = 0;
  for (size_t b = 0; b < base::kResponseBuckets; ++b) {
    auto const n = static_cast<double>(counts[b]);
    if (below + n >= target) {
      double const lower = b == 0 ? 0 : base::kResponseHours[b - 1];
      // The last bucket has no upper limit. Its value is its lower limit.
      double const upper = b < base::kResponseHours.size() ? base::kResponseHours[b] : lower;
      v.value = lower + (upper - lower) * (n > 0 ? (target - below) / n : 0);
      v.numerator = v.value;
      return v;
    }
    below += n;
  }
  return v;
}

// Adds to `points` 1 for each leaf sector below the node's sector that rises, and ½ for each that
// is flat. Adds to `divisions` the number of leaf sectors with a momentum.
void momentum_of_leaves(const Panel& panel, Node node, PeriodIndex period, double flat,
                        double& points, int& divisions) {
  std::span<const SectorId> children = panel.reference().sectors.children(node.sector);
  if (children.empty()) {
    const IndicatorInfo& births = info(Indicator::kBirthMomentum);
    Value const m = momentum(births, panel, node, window_ending(births, panel, period));
    if (!m.ok()) return;
    ++divisions;
    points += m.value > 1 + flat ? 1 : m.value >= 1 - flat ? 0.5 : 0;
    return;
  }
  for (SectorId child : children) {
    if (child != reference::kUnclassified) {
      momentum_of_leaves(panel, {node.area, child}, period, flat, points, divisions);
    }
  }
}

Value diffusion(const IndicatorInfo& info, const Panel& panel, Node node, Span w) {
  Span const births = window_ending(domain::info(Indicator::kBirthMomentum), panel, w.last);
  if (!has_earlier_years(panel, births)) return unavailable(kNeedsEarlierYears);
  double points = 0;
  int divisions = 0;
  momentum_of_leaves(panel, node, w.last, info.compute.parameter, points, divisions);
  return ratio(info.compute.factor, points, divisions, info);
}

Value value_in(const IndicatorInfo& entry, const Panel& panel, Node node, Span w) {
  switch (entry.compute.method) {
    case Method::kRatio:
      return ratio_in(entry, panel, node, w);
    case Method::kCohort:
      return cohort(entry, panel, node, w);
    case Method::kMomentum:
      return momentum(entry, panel, node, w);
    case Method::kQuantile:
      return quantile(entry, panel, node, w);
    case Method::kDiffusion:
      return diffusion(entry, panel, node, w);
  }
  return unavailable("unknown indicator");
}

// Of a growing window: whether it need not grow.
bool has_enough_cases(const Value& v) {
  return v.ok() && v.denominator >= domain::kGrowingDenominatorMin &&
         v.numerator >= domain::kGrowingNumeratorMin;
}

}  // namespace

int periods_in(Window window, base::Calendar calendar) {
  return domain::window_lengths(window, calendar).lengths[0];
}

Value compute(Indicator indicator, const Panel& panel, Node node, PeriodIndex period) {
  const IndicatorInfo& entry = info(indicator);
  Value v = unavailable("the window begins before the kept periods");
  for (int length : domain::window_lengths(entry.window, panel.calendar()).all()) {
    Span const w{PeriodIndex(period.value - length + 1), period};
    if (w.first < panel.first_period()) break;
    v = value_in(entry, panel, node, w);
    v.window_periods = v.ok() ? length : 0;
    if (has_enough_cases(v)) break;
  }
  return v;
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
