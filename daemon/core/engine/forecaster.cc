#include "core/engine/forecaster.h"

#include <algorithm>
#include <span>

#include "core/engine/rules/detector.h"
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

// `of`: a count of all facts of a node.
template <class Of>
int64_t count(const indicators::Panel& panel, Node node, Facts facts, Of of) {
  int64_t n = of(node);
  if (facts == Facts::kAll) return n;
  for (base::AreaId const child : panel.reference().areas.children(node.area))
    n -= of(Node{child, node.sector});
  return n;
}

}  // namespace

int forecast_horizon(base::Calendar calendar) {
  return calendar.periods_per_year();
}
int forecast_horizon_max(base::Calendar calendar) {
  return 3 * calendar.periods_per_year();
}

History history(const indicators::Panel& panel, const SharesByMeasure& reported, Node node,
                Measure measure, base::PeriodIndex through, Facts facts) {
  std::span<const int32_t> const pooled = panel.series({}, measure).counts;
  if (std::ranges::all_of(pooled, [](int32_t n) { return n == 0; })) return {};
  int32_t const begin = observed_from(panel, measure).value;
  History out;
  out.unreported =
      reported.testable_age(measure).value_or(static_cast<int>(reported.from(measure, 0).size()));
  for (int32_t t = begin; t <= through.value - out.unreported; ++t) {
    int64_t const told = count(
        panel, node, facts, [&](Node of) { return panel.at(of, measure, base::PeriodIndex(t)); });
    out.y.push_back(static_cast<double>(told) / reported.at(measure, through.value - t));
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
  return found == forecasts_.end() ? nullptr : &found->second.forecast;
}

bool ForecastTable::is_coherent(Node node, Measure measure) const {
  auto const found = forecasts_.find(key(node, measure));
  return found != forecasts_.end() && found->second.coherent;
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
      Node const node = panel_->node(n);
      if (panel_->series(node, m).counts.empty()) continue;
      series_.push_back({m, node, Facts::kAll, std::nullopt});
      bool const divided = !panel_->reference().areas.children(node.area).empty();
      if (!divided || !domain::adds_up(m)) continue;
      int64_t const unplaced = count(*panel_, node, Facts::kUnplaced,
                                     [&](Node of) { return panel_->cumulative(of, m, through); });
      if (unplaced > 0) series_.push_back({m, node, Facts::kUnplaced, std::nullopt});
    }
  }
}

bool Forecaster::step(size_t series_max) {
  base::Calendar const calendar = panel_->calendar();
  forecast::Options const options = table_options();
  for (; next_ < series_.size() && series_max > 0; ++next_, --series_max) {
    Series& s = series_[next_];
    Forecast f =
        forecast_after(history(*panel_, *reported_, s.node, s.measure, table_->through_, s.facts),
                       calendar.periods_per_year(), forecast_horizon(calendar), options);
    if (f.why == forecast::NotAssessed::kNone) s.forecast = std::move(f);
  }
  return next_ < series_.size();
}

// The sums of a measure: the areas of each sector and the sectors within each area. Children come
// before their parents.
class Forecaster::Sums {
 public:
  // Finds the sums, and which series are coherent. `series`: all of a measure that adds up.
  Sums(const indicators::Panel& panel, base::PeriodIndex through, std::span<Series* const> series)
      : panel_(panel), through_(through), series_(series) {
    for (uint32_t i = 0; i < series.size(); ++i) {
      series[i]->coherent = series[i]->forecast.has_value();
      number_[key({series[i]->node, series[i]->facts})] = i;
    }
    // In a reference file, children come after their parents.
    auto const sectors = static_cast<uint16_t>(panel.reference().sectors.size());
    for (size_t a = panel.reference().areas.size(); a-- > 0;) {
      base::AreaId const area(static_cast<uint16_t>(a));
      for (uint16_t s = 0; s < sectors; ++s) add_areas({area, base::SectorId(s)});
      for (Facts facts : {Facts::kUnplaced, Facts::kAll}) {
        for (uint16_t s = sectors; s-- > 0;) add_sectors({area, base::SectorId(s)}, facts);
      }
    }
  }
  std::vector<forecast::SumOf> take() { return std::move(sums_); }

 private:
  struct Part {
    Node node;
    Facts facts{};
  };

  size_t key(const Part& part) const {
    return 2 * panel_.index(part.node) + static_cast<size_t>(part.facts);
  }
  int64_t counted(const Part& part) const {
    Measure const measure = series_.front()->measure;
    return count(panel_, part.node, part.facts,
                 [&](Node of) { return panel_.cumulative(of, measure, through_); });
  }
  void add_areas(Node node) {
    std::vector<Part> parts;
    for (base::AreaId child : panel_.reference().areas.children(node.area))
      parts.push_back({{child, node.sector}, Facts::kAll});
    if (parts.empty()) return;
    Part const unplaced{node, Facts::kUnplaced};
    if (number_.contains(key(unplaced))) parts.push_back(unplaced);
    add({node, Facts::kAll}, parts);
  }
  void add_sectors(Node node, Facts facts) {
    std::vector<Part> parts;
    for (base::SectorId child : panel_.reference().sectors.children(node.sector))
      parts.push_back({{node.area, child}, facts});
    add({node, facts}, parts);
  }
  // A sum is used only if everything that the parent counts is forecast in its children. A child in
  // which the measure was never seen counts as 0. Members of a set may overlap, and count twice.
  void add(const Part& parent, const std::vector<Part>& children) {
    auto const own = number_.find(key(parent));
    if (own == number_.end()) return;
    forecast::SumOf sum{own->second, {}};
    int64_t below = 0;
    bool whole = series_[own->second]->forecast.has_value();
    for (const Part& child : children) {
      auto const found = number_.find(key(child));
      below += counted(child);
      if (found == number_.end()) continue;
      sum.children.push_back(found->second);
      whole = whole && series_[found->second]->forecast.has_value();
    }
    if (sum.children.empty()) return;
    if (whole && below == counted(parent)) {
      sums_.push_back(std::move(sum));
      return;
    }
    series_[sum.parent]->coherent = false;
    if (panel_.reference().areas.at(parent.node.area).is_set) return;
    for (uint32_t child : sum.children) series_[child]->coherent = false;
  }

  const indicators::Panel& panel_;
  base::PeriodIndex through_;
  std::span<Series* const> series_;
  absl::flat_hash_map<size_t, uint32_t> number_;  // in series_, by key()
  std::vector<forecast::SumOf> sums_;
};

void Forecaster::reconcile(Measure measure) {
  std::vector<Series*> all;
  for (Series& s : series_) {
    if (s.measure == measure) all.push_back(&s);
  }
  if (all.empty()) return;
  std::vector<forecast::SumOf> sums = Sums(*panel_, table_->through_, all).take();
  std::vector<double> variance;
  for (const Series* s : all) variance.push_back(s->forecast ? variance_of(*s->forecast) : 1);
  forecast::Reconciler const reconciler(all.size(), std::move(sums), std::move(variance));
  std::vector<double> values(all.size());
  for (size_t h = 0; h < static_cast<size_t>(forecast_horizon(panel_->calendar())); ++h) {
    for (size_t i = 0; i < all.size(); ++i)
      values[i] = all[i]->forecast ? all[i]->forecast->mean[h] : 0;
    reconciler.reconcile(values, true);
    for (size_t i = 0; i < all.size(); ++i) {
      if (!all[i]->forecast) continue;
      Forecast& f = *all[i]->forecast;
      // Intervals move with their mean.
      double const moved = values[i] - f.mean[h];
      f.mean[h] = values[i];
      for (forecast::IntervalPath& interval : f.intervals) {
        interval.lower[h] = std::clamp(interval.lower[h] + moved, 0.0, values[i]);
        interval.upper[h] = std::max(interval.upper[h] + moved, values[i]);
      }
    }
  }
}

std::shared_ptr<const ForecastTable> Forecaster::finish() {
  for (Measure m : measures_) {
    if (domain::adds_up(m)) reconcile(m);
  }
  for (Series& s : series_) {
    if (s.facts != Facts::kAll || !s.forecast) continue;
    table_->forecasts_.emplace(ForecastTable::key(s.node, s.measure),
                               ForecastTable::Entry{*std::move(s.forecast), s.coherent});
  }
  return std::move(table_);
}

}  // namespace bellwether::engine
