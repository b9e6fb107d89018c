#include "core/indicators/reading.h"

#include <cmath>
#include <span>

namespace bellwether::indicators {

using domain::Measure;
using domain::Quantity;

Reading Reading::at(Node node) const {
  return late_ == nullptr ? Reading(panel_, node) : Reading(panel_, node, *late_, mode_);
}

Reading Reading::of(std::span<const AreaId> areas) const {
  Reading out = at(node_);
  out.of_ = Of::kAreas;
  out.areas_ = areas;
  return out;
}

Reading Reading::without(std::span<const AreaId> areas) const {
  Reading out = at(node_);
  out.of_ = Of::kRest;
  out.areas_ = areas;
  return out;
}

Reading Reading::in(Class of_class) const {
  Reading out = at(node_);
  out.in_ = of_class;
  return out;
}

double Reading::residents() const {
  const reference::Deprivation& deprivation = panel_.reference().deprivation;
  return over([&](Node node) {
    double sum = 0;
    for (int decile = 1; decile <= reference::kDeciles; ++decile) {
      for (AreaId leaf : deprivation.leaves(node.area, decile))
        sum += static_cast<double>(deprivation.residents(leaf));
    }
    return sum;
  });
}

double Reading::official(Statistic statistic, Span w) const {
  bool const of_residents = statistic == Statistic::kResidents;
  if (is_of_node()) {
    SectorId const sector = of_residents ? reference::kAllSectors : node_.sector;
    if (auto const found = panel_.figures().latest(statistic, node_.area, sector, end_of(w))) {
      used_.push_back(*found);
      return found->figure.value;
    }
  }
  if (double const in_files = of_residents ? residents() : 0; in_files > 0) return in_files;
  missing_ = statistic;
  return 0;
}

std::optional<std::pair<double, double>> Reading::of_one_year(Statistic of_year, Statistic level,
                                                              Span w) const {
  if (!is_of_node()) return std::nullopt;
  auto const found =
      panel_.figures().of_one_year(of_year, level, node_.area, node_.sector, end_of(w));
  if (!found) return std::nullopt;
  used_ = {found->first, found->second};
  return std::pair(found->first.figure.value, found->second.figure.value);
}

double Reading::still_to_come(Measure measure, Span w) const {
  if (late_ == nullptr) return 0;
  std::span<const double> const open = late_->open[static_cast<size_t>(measure)];
  double out = 0;
  for (size_t age = 0; age < open.size(); ++age) {
    PeriodIndex const period(late_->through.value - static_cast<int32_t>(age));
    if (period < w.first || w.last < period || open[age] < late_->least) continue;
    if (open[age] <= 0) continue;
    int64_t const known = over([&](Node node) { return panel_.at(node, measure, period, in_); });
    out += static_cast<double>(known) * (1 / open[age] - 1);
  }
  return out;
}

double Reading::sum(Measure measure, Span w) const {
  auto const known = static_cast<double>(
      over([&](Node node) { return panel_.sum(node, measure, w.first, w.last, in_); }));
  double const to_come = still_to_come(measure, w);
  known_ += std::abs(known);
  complete_ += std::abs(known + to_come);
  return mode_ == Late::kCompleted ? known + to_come : known;
}

double Reading::stock(PeriodIndex period) const {
  auto stock =
      static_cast<double>(over([&](Node node) { return panel_.stock(node, period, in_); }));
  if (mode_ != Late::kCompleted) return stock;
  for (const domain::StockFlow& flow : domain::kStockFlows)
    stock += flow.sign * still_to_come(flow.measure, {panel_.first_period(), period});
  return stock;
}

double Reading::quantity(const domain::Term& term, Span w) const {
  switch (term.quantity) {
    case Quantity::kSum:
      return sum(term.measure, w);
    case Quantity::kTotal: {
      auto const known = static_cast<double>(
          over([&](Node node) { return panel_.cumulative(node, term.measure, w.last, in_); }));
      if (mode_ != Late::kCompleted) return known;
      return known + still_to_come(term.measure, {panel_.first_period(), w.last});
    }
    case Quantity::kStock:
      return stock(w.last);
    case Quantity::kStockBefore:
      return stock(PeriodIndex(w.first.value - 1));
    case Quantity::kResidents:
      return residents();
    case Quantity::kFigure:
      return official(term.statistic, w);
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
