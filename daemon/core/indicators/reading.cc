#include "core/indicators/reading.h"

namespace bellwether::indicators {

using domain::Quantity;

double Reading::sum(domain::Measure measure, Span w) const {
  return static_cast<double>(panel_.sum(node_, measure, w.first, w.last));
}

double Reading::quantity(const domain::Term& term, Span w) const {
  switch (term.quantity) {
    case Quantity::kSum:
      return sum(term.measure, w);
    case Quantity::kTotal:
      return static_cast<double>(panel_.cumulative(node_, term.measure, w.last));
    case Quantity::kStock:
      return static_cast<double>(panel_.stock(node_, w.last));
    case Quantity::kStockBefore:
      return static_cast<double>(panel_.stock(node_, PeriodIndex(w.first.value - 1)));
  }
  return 0;
}

double Reading::value_of(const domain::Terms& terms, Span w) const {
  double sum = 0;
  for (const domain::Term& term : terms) {
    if (term.coefficient == 0) break;
    sum += term.coefficient * quantity(term, w);
  }
  return sum;
}

Reading::Histogram Reading::histogram(domain::Measure first, Span w) const {
  Histogram counts{};
  for (size_t b = 0; b < counts.size(); ++b) counts[b] = sum(domain::measure_at(first, b), w);
  return counts;
}

double quantile_of(const Reading::Histogram& counts, double quantile) {
  double total = 0;
  for (double n : counts) total += n;
  double const target = quantile * total;
  double below = 0;
  for (size_t b = 0; b < counts.size(); ++b) {
    if (below + counts[b] >= target) {
      double const lower = b == 0 ? 0 : base::kResponseHours[b - 1];
      double const upper = b < base::kResponseHours.size() ? base::kResponseHours[b] : lower;
      return lower + (upper - lower) * (counts[b] > 0 ? (target - below) / counts[b] : 0);
    }
    below += counts[b];
  }
  return 0;
}

}  // namespace bellwether::indicators
