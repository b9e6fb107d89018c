// Purpose: forecasts of the panel's measures: one for every node of a measure, made coherent over
// the sectors of each area and the areas of each sector, and how well the method did on a series
// before. Invariants: pure functions of the panel through a period: the same panel, the same bits.
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

// Of a table: a year ahead, intervals of 80 and 95 %.
int forecast_horizon(base::Calendar calendar);
inline constexpr std::array<double, 2> kForecastCoverages = {0.80, 0.95};
// Forecasts asked for may reach three years ahead.
int forecast_horizon_max(base::Calendar calendar);

// A measure of a node by period, from the first period in which the measure was seen anywhere;
// periods that are not yet reported whole by their nowcast. It ends `unreported` periods before
// `through`: of the later ones too little is reported to say.
struct History {
  std::vector<double> y;
  int unreported = 0;
};
History history(const indicators::Panel& panel, const SharesByMeasure& reported,
                indicators::Node node, indicators::Measure measure, base::PeriodIndex through);
// The forecast of a history for the `horizon` periods after `through`.
forecast::Forecast forecast_after(const History& history, int season, int horizon,
                                  const forecast::Options& options);

class ForecastTable {
 public:
  // Null where the node has none: it was never seen, or cannot be forecast.
  const forecast::Forecast* find(indicators::Node node, indicators::Measure measure) const;
  base::PeriodIndex through() const { return through_; }
  size_t size() const { return forecasts_.size(); }

 private:
  friend class Forecaster;
  using Key = std::pair<uint8_t, uint32_t>;  // measure, node
  static Key key(indicators::Node node, indicators::Measure measure) {
    return {static_cast<uint8_t>(measure), uint32_t{node.area.value} << 16 | node.sector.value};
  }
  base::PeriodIndex through_;
  absl::flat_hash_map<Key, forecast::Forecast> forecasts_;
};

class Forecaster {
 public:
  // Forecasts what the panel knows through `through`, of which `reported` has been reported by
  // then.
  Forecaster(std::shared_ptr<const indicators::Panel> panel,
             std::shared_ptr<const SharesByMeasure> reported, base::PeriodIndex through,
             std::vector<indicators::Measure> measures);
  // Forecasts at most `series_max` more series; false when none is left.
  bool step(size_t series_max);
  // The table of what was forecast, coherent. Nothing may be asked of the Forecaster after.
  std::shared_ptr<const ForecastTable> finish();

 private:
  struct Work {
    indicators::Measure measure;
    uint32_t node;
  };
  std::vector<forecast::SumOf> sums(indicators::Measure measure,
                                    const std::vector<indicators::Node>& nodes) const;
  void reconcile(indicators::Measure measure);

  std::shared_ptr<const indicators::Panel> panel_;
  std::shared_ptr<const SharesByMeasure> reported_;
  std::vector<indicators::Measure> measures_;
  std::vector<Work> work_;
  size_t next_ = 0;
  std::shared_ptr<ForecastTable> table_;
};

}  // namespace bellwether::engine
