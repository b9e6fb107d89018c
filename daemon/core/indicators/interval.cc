#include "core/indicators/interval.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "core/indicators/by_decile.h"
#include "core/indicators/reading.h"
#include "core/stats/intervals.h"
#include "core/stats/normal.h"

namespace bellwether::indicators {
namespace {

using domain::Formula;
using domain::Method;
using domain::Quantity;
using domain::Term;

// The years before the window from which the dispersion is estimated.
constexpr int kDispersionYears = 3;

// The events of a numerator: what makes it larger, and what makes it smaller.
struct Events {
  double more = 0;
  double less = 0;
};

class EventReading {
 public:
  EventReading(const Formula& formula, const Reading& reading)
      : reading_(reading), known_(reading.panel().first_period()) {
    for (const Term& term : formula.numerator) {
      if (term.coefficient == 0) break;
      if (term.quantity == Quantity::kSum) add(term);
      // The growth of the stock is the sum of its flows.
      if (term.quantity != Quantity::kStock) continue;
      for (const domain::StockFlow& flow : domain::kStockFlows)
        add({term.coefficient * flow.sign, Quantity::kSum, flow.measure});
    }
  }
  bool any_less() const {
    return std::ranges::any_of(parts_, [](const Part& p) { return p.term.coefficient < 0; });
  }
  Events in(Span w) const {
    Events out;
    for (const Part& p : parts_) count(p.term, reading_.sum(p.term.measure, w), out);
    return out;
  }
  double dispersion(Span w) const {
    int const year = reading_.calendar().periods_per_year();
    int32_t const begin = std::max(w.first.value - kDispersionYears * year, known_.value + year);
    if (w.first.value - begin < year) return 1;
    double squares = 0;
    double all = 0;
    for (int32_t t = begin; t < w.first.value; ++t) {
      Events const now = at(t);
      Events const then = at(t - year);
      double const change = now.more - now.less - then.more + then.less;
      squares += change * change;
      all += now.more + now.less + then.more + then.less;
    }
    return all > 0 ? std::max(1.0, squares / all) : 1;
  }

 private:
  struct Part {
    Term term;
    std::span<const int32_t> counts;  // by period
  };
  void add(const Term& term) {
    if (parts_.empty()) known_ = reading_.panel().known_from(term.measure);
    parts_.push_back({term, reading_.panel().series(reading_.node(), term.measure).counts});
  }
  static void count(const Term& term, double n, Events& out) {
    (term.coefficient > 0 ? out.more : out.less) += std::abs(term.coefficient) * std::max(0.0, n);
  }
  Events at(int32_t period) const {
    auto const i = static_cast<size_t>(period - reading_.panel().first_period().value);
    Events out;
    for (const Part& p : parts_) count(p.term, i < p.counts.size() ? p.counts[i] : 0, out);
    return out;
  }
  const Reading& reading_;
  PeriodIndex known_;  // of the first part
  std::vector<Part> parts_;
};

Interval of_events(const IndicatorInfo& info, const Value& v, const Reading& reading, Span w,
                   double z) {
  EventReading const events(info.compute, reading);
  Events const n = events.in(w);
  Interval out;
  out.dispersion = events.dispersion(w) / v.reported;
  double const wide = z * std::sqrt(out.dispersion);
  stats::Bounds const bounds = events.any_less() ? stats::poisson_difference(n.more, n.less, wide)
                                                 : stats::poisson_mean(n.more, wide);
  double const scale = info.compute.factor / v.denominator;
  out.lower = scale * bounds.lower;
  out.upper = scale * bounds.upper;
  return out;
}

Interval of_share(const IndicatorInfo& info, const Value& v, double z) {
  double const cases = v.denominator * v.reported;
  double const some = std::clamp(v.numerator * v.reported, 0.0, cases);
  stats::Bounds const p = stats::proportion(some, cases, z);
  return {info.compute.factor * p.lower, info.compute.factor * p.upper};
}

Interval of_change(const IndicatorInfo& info, const Value& v, const Reading& reading, Span w,
                   double z) {
  const Formula& f = info.compute;
  auto const share = [](double part, double whole) {
    return stats::Part{std::clamp(part, 0.0, whole), whole};
  };
  double const part = reading.value_of(f.numerator, end_of_before(w));
  double const whole = reading.value_of(f.denominator, end_of_before(w)) / f.divisor;
  stats::Bounds const change =
      stats::difference(share(v.numerator, v.denominator), share(part, whole), z);
  return {f.factor * change.lower, f.factor * change.upper};
}

std::optional<Interval> of_deciles(const IndicatorInfo& info, const Value& v,
                                   const Reading& reading, Span w, double z) {
  const Formula& f = info.compute;
  const Term& counted = f.numerator[0];
  Interval out;
  if (counted.quantity == Quantity::kTotal) {
    out.dispersion = dispersion_of_level(counted.measure, reading, w);
  } else if (f.method != Method::kRateGap) {
    out.dispersion = EventReading(f, reading).dispersion(w);
  }
  out.dispersion /= v.reported;
  Span const then = f.method == Method::kRateGap
                        ? years_before(w, static_cast<int>(f.parameter), reading.calendar())
                        : w;
  auto const bounds = bounds_of(info, decile_classes(f, reading, then), z, out.dispersion);
  if (!bounds) return std::nullopt;
  out.lower = bounds->lower;
  out.upper = bounds->upper;
  return out;
}

Interval of_momentum(const Value& v, double z) {
  stats::Bounds const ratio =
      stats::poisson_ratio(v.numerator * v.reported, kMomentumYears * v.denominator, z);
  double const scale = kMomentumYears / v.reported;
  return {scale * ratio.lower, scale * ratio.upper};
}

Interval of_quantile(const IndicatorInfo& info, const Value& v, const Reading& reading, Span w,
                     double z) {
  double const p = info.compute.parameter;
  stats::Bounds const share =
      stats::proportion(p * v.denominator * v.reported, v.denominator * v.reported, z);
  Reading::Histogram const counts = reading.histogram(info.compute.denominator[0].measure, w);
  return {quantile_of(counts, share.lower), quantile_of(counts, share.upper)};
}

std::optional<Interval> interval_of(const IndicatorInfo& entry, const Value& v,
                                    const Reading& reading, PeriodIndex period, double level) {
  const Formula& f = entry.compute;
  if (!v.ok() || f.denominator[0].coefficient == 0) return std::nullopt;
  // An official figure is no sample of the cases, so the value is as it is.
  if (f.denominator[0].quantity == Quantity::kFigure) return std::nullopt;
  double const z = -stats::normal_quantile((1 - level) / 2);
  Span const w{PeriodIndex(period.value - v.window_periods + 1), period};
  switch (f.method) {
    case Method::kRatio:
      return f.is_part ? of_share(entry, v, z) : of_events(entry, v, reading, w, z);
    case Method::kCohort:
    case Method::kBefore:
    case Method::kDiffusion:
      return of_share(entry, v, z);
    case Method::kChange:
      return of_change(entry, v, reading, w, z);
    case Method::kMomentum:
    case Method::kRateChange:
      return of_momentum(v, z);
    case Method::kShareGap:
    case Method::kEndsRatio:
    case Method::kConcentration:
    case Method::kSlope:
    case Method::kRateGap:
      return of_deciles(entry, v, reading, w, z);
    case Method::kAbove:
    case Method::kGapChange:
    case Method::kOneYear:
      return std::nullopt;
    case Method::kQuantile:
      return of_quantile(entry, v, reading, w, z);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Interval> interval(Indicator indicator, const Value& value, const Panel& panel,
                                 Node node, PeriodIndex period, double level) {
  return interval_of(info(indicator), value, Reading(panel, node), period, level);
}

std::optional<Interval> interval(Indicator indicator, const Value& value, const Panel& panel,
                                 Node node, PeriodIndex period, double level,
                                 const LateReports& late) {
  return interval_of(info(indicator), value, Reading(panel, node, late, Reading::Late::kCompleted),
                     period, level);
}

}  // namespace bellwether::indicators
