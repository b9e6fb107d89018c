// The totals at a cut, computed from the records before it. The test oracle computes each
// business's counts from its records; the sum over businesses is kept up to date.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "core/indicators/panel.h"
#include "simulation/pipeline/broker.h"
#include "support/oracle.h"

namespace bellwether::simulation {

class CellOracle {
 public:
  // Counts the records from `from` on.
  CellOracle(const Broker& broker, base::Calendar calendar, Cut from)
      : broker_(broker), calendar_(calendar), from_(std::move(from)), at_(from_) {}
  // True if `cut` is not before the current cut in any lane.
  bool can_advance(const Cut& cut) const;
  void advance(const Cut& cut);
  const Cut& at() const { return at_; }
  // The digest over the leaves and the total; of measures that do not add up, over all nodes.
  uint64_t digest() const { return digest_; }

 private:
  using Key = std::tuple<uint16_t, uint16_t, indicators::Measure, int32_t>;
  struct Business {
    explicit Business(base::Calendar calendar) : oracle(calendar) {}
    testing::Oracle oracle;
    testing::Oracle::Counts counts;
  };
  void add(const Key& key, int64_t amount);

  const Broker& broker_;
  base::Calendar calendar_;
  Cut from_;
  Cut at_;
  std::map<uint64_t, Business> businesses_;
  std::map<Key, int64_t> totals_;
  uint64_t digest_ = 0;
};

// The same digest, computed from a panel.
uint64_t panel_digest(const indicators::Panel& panel);

}  // namespace bellwether::simulation
