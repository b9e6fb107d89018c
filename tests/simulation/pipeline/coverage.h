// The expected state of a fold of the logs from some offsets on: of the whole logs, or of the
// records that retention left to a replica without a snapshot. Computes cuts and totals from the
// logs alone.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/evaluator.h"
#include "simulation/pipeline/broker.h"
#include "simulation/pipeline/cell_oracle.h"

namespace bellwether::simulation {

// A tick that a replica has applied to its panel.
struct Settled {
  int replica = 0;
  PeriodIndex tick;
  Cut cut;  // −1: the partition has no records yet
};

// The checks return the error, or an empty text.
class Coverage {
 public:
  Coverage(const Setup& setup, const Broker& broker, Cut from);

  const Cut& from() const { return from_; }
  bool whole() const;
  // True if no topic was recreated since.
  bool stands() const;

  void published(size_t lane);
  std::string check_cut(const Settled& at) const;
  std::string check_totals(const Settled& at, const engine::Evaluator& evaluator);
  std::string check_dead_letters(const Settled& at) const;
  // True if a replica had these cells at this cut.
  bool knows(const Cut& cut, uint64_t cells_digest) const;

 private:
  struct Lane {
    std::optional<UnixMillis> begins;
    std::vector<int64_t> crossing;  // by tick from base_tick_: first offset that reaches its end
    std::vector<int64_t> refused;
  };
  void take(size_t lane, int64_t offset);
  std::optional<PeriodIndex> first_tick(size_t partition) const;
  std::string check_figures(const Settled& at, const indicators::Panel& panel) const;
  uint64_t digest_at(const Cut& cut);

  const Setup& setup_;
  const Broker& broker_;
  Cut from_;
  std::array<int64_t, kInputs> generations_{};
  PeriodIndex base_tick_;
  std::vector<Lane> lanes_;
  std::vector<std::unique_ptr<CellOracle>> oracles_;  // the last used one is at the end
  std::map<Cut, uint64_t> totals_;                    // the oracle's digest
  std::map<Cut, uint64_t> cells_;                     // the digest of the first replica at this cut
};

}  // namespace bellwether::simulation
