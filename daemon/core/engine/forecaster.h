// Purpose: forecasts the panel's measures: one forecast for every node of a measure, made coherent
// over the sectors of each area and the areas of each sector. An area may have facts that are in
// none of the areas below it, because no more is known of their place. These are forecast as one
// more child, so that the area is the sum of its children and of them.
// Invariants: pure functions of the panel through a period: the same panel gives bit-identical
// forecasts.
// Thread safety: a Forecaster belongs to one thread; a ForecastTable is immutable.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/base/calendar.h"
#include "core/engine/reporting.h"
#include "core/forecast/forecast.h"
#include "core/forecast/reconcile.h"
#include "core/indicators/panel.h"

namespace bellwether::engine {

inline constexpr forecast::Method kForecastMethod = forecast::Method::kCombination;

// The horizon of a table: one year. Its intervals have 80 and 95 % coverage.
int forecast_horizon(base::Calendar calendar);
inline constexpr std::array<double, 2> kForecastCoverages = {0.80, 0.95};
// The longest horizon that a request may ask for: three years.
int forecast_horizon_max(base::Calendar calendar);

// A measure of a node by period, starting with the first period in which the measure was seen at
// any node. Incompletely reported periods use their nowcast. The history ends `unreported` periods
// before `through`, because too little is reported for the later periods.
struct History {
  std::vector<double> y;
  int unreported = 0;
};
enum class Facts : uint8_t {
  kAll,
  kUnplaced,  // in none of the areas below the node's
};
History history(const indicators::Panel& panel, const SharesByMeasure& reported,
                indicators::Node node, indicators::Measure measure, base::PeriodIndex through,
                Facts facts = Facts::kAll);
// Forecasts a history for the `horizon` periods after `through`.
forecast::Forecast forecast_after(const History& history, int season, int horizon,
                                  const forecast::Options& options);

class ForecastTable {
 public:
  // Null if the node has no forecast: the measure was never seen there, or cannot be forecast.
  const forecast::Forecast* find(indicators::Node node, indicators::Measure measure) const;
  // Whether the node has a forecast that adds up with those of its children and parents. A measure
  // that does not add up (domain::adds_up) has none, nor have nodes around one that has facts but
  // cannot be forecast.
  bool is_coherent(indicators::Node node, indicators::Measure measure) const;
  base::PeriodIndex through() const { return through_; }
  size_t size() const { return forecasts_.size(); }

 private:
  friend class Forecaster;
  using Key = std::pair<uint8_t, uint32_t>;  // {measure, node}
  static Key key(indicators::Node node, indicators::Measure measure) {
    return {static_cast<uint8_t>(measure), uint32_t{node.area.value} << 16 | node.sector.value};
  }
  struct Entry {
    forecast::Forecast forecast;
    bool coherent = false;
  };
  base::PeriodIndex through_;
  absl::flat_hash_map<Key, Entry> forecasts_;
};

class Forecaster {
 public:
  // Forecasts the panel's data through the period `through`. `reported` holds the shares reported
  // by then.
  Forecaster(std::shared_ptr<const indicators::Panel> panel,
             std::shared_ptr<const SharesByMeasure> reported, base::PeriodIndex through,
             std::vector<indicators::Measure> measures);
  // Forecasts at most `series_max` more series. Returns false if none is left.
  bool step(size_t series_max);
  // Returns the coherent table of the forecasts. Do not use the Forecaster afterwards.
  std::shared_ptr<const ForecastTable> finish();

 private:
  struct Series {
    indicators::Measure measure{};
    indicators::Node node;
    Facts facts{};
    std::optional<forecast::Forecast> forecast;  // nullopt: not yet, or it cannot be forecast
    bool coherent = false;
  };
  class Sums;
  void reconcile(indicators::Measure measure);

  std::shared_ptr<const indicators::Panel> panel_;
  std::shared_ptr<const SharesByMeasure> reported_;
  std::vector<indicators::Measure> measures_;
  std::vector<Series> series_;
  size_t next_ = 0;  // the first series without a forecast
  std::shared_ptr<ForecastTable> table_;
};

}  // namespace bellwether::engine
