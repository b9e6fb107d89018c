// The totals at a cut, from the records before it: each business lived through afresh by the oracle
// of the tests, the sum over businesses kept up to date.
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
  // Over the records from `from` on.
  CellOracle(const Broker& broker, base::Calendar calendar, Cut from)
      : broker_(broker), calendar_(calendar), from_(std::move(from)), at_(from_) {}
  // It lies nowhere before the last one.
  bool can_advance(const Cut& cut) const;
  void advance(const Cut& cut);
  const Cut& at() const { return at_; }
  // Over the leaves and the total of all.
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

// The same digest of what a panel shows.
uint64_t panel_digest(const indicators::Panel& panel);

}  // namespace bellwether::simulation
