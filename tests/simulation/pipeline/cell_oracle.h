// The totals at a cut, computed from the records before it. The test oracle computes each
// business's counts from its records; the sum over businesses is kept up to date.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/indicators/panel.h"
#include "core/ledger/ledger.h"
#include "simulation/pipeline/broker.h"
#include "support/oracle.h"

namespace bellwether::simulation {

// The official figures by the records of a partition or of all: the last version of each fact, as
// plainly as possible.
class FigureOracle {
 public:
  // What came of it.
  ledger::Outcome tell(const events::Event& e);
  // Over all figures that hold.
  uint64_t digest() const;
  // The latest jobs of an area in a sector, and its output per job, by the last day before `until`;
  // nullopt if there are none.
  std::optional<double> jobs(uint16_t area, uint16_t sector, base::Days until) const;
  std::optional<double> productivity(uint16_t area, uint16_t sector, base::Days until) const;

 private:
  struct Version {
    uint64_t sequence = 0;
    bool states_nothing = false;
    int statistic = 0;
    uint16_t area = 0;
    uint16_t sector = 0;
    int32_t first = 0;
    int frequency = 0;
    int32_t vintage = 0;
    int status = 0;
    double value = 0;
    auto operator<=>(const Version&) const = default;
  };
  using Time = std::pair<int32_t, int>;  // first day and frequency
  std::optional<double> at(int statistic, uint16_t area, uint16_t sector, Time time) const;
  std::vector<Time> times(int statistic, uint16_t area, uint16_t sector, base::Days after,
                          base::Days until) const;
  std::map<uint64_t, Version> facts_;
};

// The same digest, computed from a table, as known through the tick.
uint64_t figure_digest(const indicators::FigureTable& table, PeriodIndex through);

class CellOracle {
 public:
  // Counts the records from `from` on.
  CellOracle(const Broker& broker, base::Calendar calendar, Cut from)
      : broker_(broker), calendar_(calendar), from_(std::move(from)), at_(from_) {}
  // True if `cut` is not before the current cut in any lane.
  bool can_advance(const Cut& cut) const;
  void advance(const Cut& cut);
  const Cut& at() const { return at_; }
  // The digest over the leaves and the total; of measures that do not add up, and of classes, over
  // all nodes.
  uint64_t digest() const { return digest_ + figures_.digest(); }
  const FigureOracle& figures() const { return figures_; }

 private:
  using Key = std::tuple<uint16_t, uint16_t, indicators::Measure, int32_t, domain::Division, int>;
  struct Business {
    explicit Business(base::Calendar calendar) : oracle(calendar) {}
    testing::Oracle oracle;
    testing::Oracle::Counts counts;
    testing::Oracle::Classes classes;
  };
  void add_counts(const testing::Oracle::Counts& counts, int sign);
  void add_classes(const testing::Oracle::Classes& classes, int sign);
  void add(const Key& key, int64_t amount);

  const Broker& broker_;
  base::Calendar calendar_;
  Cut from_;
  Cut at_;
  std::map<uint64_t, Business> businesses_;
  std::map<Key, int64_t> totals_;
  FigureOracle figures_;
  uint64_t digest_ = 0;
};

// The same digest, computed from a panel.
uint64_t panel_digest(const indicators::Panel& panel);

}  // namespace bellwether::simulation
