// The totals at a cut, from the records before it: each business lived through afresh by the oracle
// of the tests, the sum over businesses kept up to date.
#pragma once

#include <map>
#include <vector>

#include "indicators/panel.h"
#include "simulation/pipeline/broker.h"
#include "support/oracle.h"

namespace bellwether::simulation {

// By input and partition, as Broker's logs: the first offset that is not in it.
using Cut = std::vector<int64_t>;

class CellOracle {
 public:
  CellOracle(const Broker& broker, base::Calendar calendar) : broker_(broker), calendar_(calendar) {
    at_.resize(kInputs * broker.partitions());
  }
  // Goes on to `cut`, which lies nowhere before the last one.
  void advance(const Cut& cut);
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
  Cut at_;
  std::map<uint64_t, Business> businesses_;
  std::map<Key, int64_t> totals_;
  uint64_t digest_ = 0;
};

// The same digest of what a panel shows.
uint64_t panel_digest(const indicators::Panel& panel);

}  // namespace bellwether::simulation
