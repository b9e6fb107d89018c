#include "core/engine/forecaster.h"

#include <algorithm>

#include "core/stats/normal.h"

namespace bellwether::engine {
namespace {

using forecast::Forecast;
using indicators::Measure;
using indicators::Node;

forecast::Options table_options() {
  forecast::Options o;
  o.method = kForecastMethod;
  o.non_negative = true;
  o.intervals.clear();
  for (double c : kForecastCoverages) o.intervals.emplace_back(c);
  return o;
}

// The variance of a forecast's own errors, as its intervals show it: the mean over the horizon and
// the coverages.
double variance_of(const Forecast& f) {
  constexpr double kVarianceMin = 1e-6;
  double sum = 0;
  double n = 0;
  for (const forecast::IntervalPath& interval : f.intervals) {
    double const widths = 2 * stats::normal_quantile(0.5 * (1 + interval.coverage));
    for (size_t h = 0; h < interval.lower.size(); ++h, ++n) {
      double const sigma = (interval.upper[h] - interval.lower[h]) / widths;
      sum += sigma * sigma;
    }
  }
  return std::max(kVarianceMin, sum / n);
}

}  // namespace

int forecast_horizon(base::Calendar calendar) {
  return calendar.periods_per_year();
}
int forecast_horizon_max(base::Calendar calendar) {
  return 3 * calendar.periods_per_year();
}

History history(const indicators::Panel& panel, const SharesByMeasure& reported, Node node,
                Measure measure, base::PeriodIndex through) {
  indicators::SeriesView const seen = panel.series({}, measure);
  auto const first = std::ranges::find_if(seen.counts, [](int32_t n) { return n != 0; });
  if (first == seen.counts.end()) return {};
  int32_t const begin = seen.first.value + static_cast<int32_t>(first - seen.counts.begin());
  History out;
  out.unreported =
      reported.testable_age(measure).value_or(static_cast<int>(reported.from(measure, 0).size()));
  for (int32_t t = begin; t <= through.value - out.unreported; ++t) {
    auto const told = static_cast<double>(panel.at(node, measure, base::PeriodIndex(t)));
    out.y.push_back(told / reported.at(measure, through.value - t));
  }
  return out;
}

Forecast forecast_after(const History& history, int season, int horizon,
                        const forecast::Options& options) {
  Forecast out = forecast::forecast(history.y, season, horizon + history.unreported, options);
  if (out.why != forecast::NotAssessed::kNone) return out;
  auto const forget = [&](std::vector<double>& path) {
    path.erase(path.begin(), path.begin() + history.unreported);
  };
  forget(out.mean);
  for (forecast::IntervalPath& interval : out.intervals) {
    forget(interval.lower);
    forget(interval.upper);
  }
  return out;
}

const Forecast* ForecastTable::find(Node node, Measure measure) const {
  auto const found = forecasts_.find(key(node, measure));
  return found == forecasts_.end() ? nullptr : &found->second;
}

Forecaster::Forecaster(std::shared_ptr<const indicators::Panel> panel,
                       std::shared_ptr<const SharesByMeasure> reported, base::PeriodIndex through,
                       std::vector<Measure> measures)
    : panel_(std::move(panel)),
      reported_(std::move(reported)),
      measures_(std::move(measures)),
      table_(std::make_shared<ForecastTable>()) {
  table_->through_ = through;
  for (Measure m : measures_) {
    for (size_t n = 0; n < panel_->nodes(); ++n) {
      if (panel_->series(panel_->node(n), m).counts.empty()) continue;
      work_.push_back({m, static_cast<uint32_t>(n)});
    }
  }
}

bool Forecaster::step(size_t series_max) {
  base::Calendar const calendar = panel_->calendar();
  forecast::Options const options = table_options();
  for (; next_ < work_.size() && series_max > 0; ++next_, --series_max) {
    const Work& w = work_[next_];
    Node const node = panel_->node(w.node);
    Forecast f = forecast_after(history(*panel_, *reported_, node, w.measure, table_->through_),
                                calendar.periods_per_year(), forecast_horizon(calendar), options);
    if (f.why != forecast::NotAssessed::kNone) continue;
    table_->forecasts_.emplace(ForecastTable::key(node, w.measure), std::move(f));
  }
  return next_ < work_.size();
}

// The sums of the nodes that have a forecast: the sectors within each area and the areas of each
// sector. Children come before their parents.
std::vector<forecast::SumOf> Forecaster::sums(Measure measure,
                                              const std::vector<Node>& nodes) const {
  const reference::Reference& reference = panel_->reference();
  absl::flat_hash_map<std::pair<uint16_t, uint16_t>, uint32_t> number;
  for (uint32_t i = 0; i < nodes.size(); ++i)
    number[{nodes[i].area.value, nodes[i].sector.value}] = i;
  std::vector<forecast::SumOf> out;
  if (!domain::adds_up(measure)) return out;
  // A sum is used only if everything that the parent counts is forecast in its children. A child in
  // which the measure was never seen counts as 0. A business without a stated area is in no child.
  auto const add = [&](Node parent, const std::vector<Node>& children) {
    auto const own = number.find({parent.area.value, parent.sector.value});
    if (own == number.end()) return;
    forecast::SumOf sum{own->second, {}};
    int64_t below = 0;
    for (Node const child : children) {
      auto const found = number.find({child.area.value, child.sector.value});
      below += panel_->cumulative(child, measure, table_->through_);
      if (found != number.end()) {
        sum.children.push_back(found->second);
      } else if (!panel_->series(child, measure).counts.empty()) {
        return;
      }
    }
    bool const adds_up = below == panel_->cumulative(parent, measure, table_->through_);
    if (adds_up && !sum.children.empty()) out.push_back(std::move(sum));
  };
  // In a reference file, children come after their parents.
  for (size_t a = reference.areas.size(); a-- > 0;) {
    base::AreaId const area(static_cast<uint16_t>(a));
    for (size_t s = 0; s < reference.sectors.size(); ++s) {
      base::SectorId const sector(static_cast<uint16_t>(s));
      std::vector<Node> children;
      for (base::AreaId child : reference.areas.children(area)) children.push_back({child, sector});
      add({area, sector}, children);
    }
    for (size_t s = reference.sectors.size(); s-- > 0;) {
      base::SectorId const sector(static_cast<uint16_t>(s));
      std::vector<Node> children;
      for (base::SectorId child : reference.sectors.children(sector))
        children.push_back({area, child});
      add({area, sector}, children);
    }
  }
  return out;
}

void Forecaster::reconcile(Measure measure) {
  std::vector<Node> nodes;
  std::vector<Forecast*> forecasts;
  std::vector<double> variance;
  for (const Work& w : work_) {
    if (w.measure != measure) continue;
    Node const node = panel_->node(w.node);
    auto const found = table_->forecasts_.find(ForecastTable::key(node, measure));
    if (found == table_->forecasts_.end()) continue;
    nodes.push_back(node);
    forecasts.push_back(&found->second);
    variance.push_back(variance_of(found->second));
  }
  forecast::Reconciler const reconciler(nodes.size(), sums(measure, nodes), std::move(variance));
  std::vector<double> values(nodes.size());
  for (size_t h = 0; h < static_cast<size_t>(forecast_horizon(panel_->calendar())); ++h) {
    for (size_t i = 0; i < nodes.size(); ++i) values[i] = forecasts[i]->mean[h];
    reconciler.reconcile(values, true);
    for (size_t i = 0; i < nodes.size(); ++i) {
      // Intervals move with their mean.
      double const moved = values[i] - forecasts[i]->mean[h];
      forecasts[i]->mean[h] = values[i];
      for (forecast::IntervalPath& interval : forecasts[i]->intervals) {
        interval.lower[h] = std::clamp(interval.lower[h] + moved, 0.0, values[i]);
        interval.upper[h] = std::max(interval.upper[h] + moved, values[i]);
      }
    }
  }
}

std::shared_ptr<const ForecastTable> Forecaster::finish() {
  for (Measure m : measures_) reconcile(m);
  return std::move(table_);
}

}  // namespace bellwether::engine
