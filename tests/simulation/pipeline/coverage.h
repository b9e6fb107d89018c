// What must be of a fold that has in it what the logs hold from some offsets on: of whole logs, or
// of what retention has left to a replica that found no snapshot. Cuts and totals, each from the
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

// A tick that a replica has taken into its panel.
struct Settled {
  int replica = 0;
  PeriodIndex tick;
  Cut cut;  // −1: the partition has not begun
};

// The checks say what is wrong; empty when nothing is.
class Coverage {
 public:
  Coverage(const Setup& setup, const Broker& broker, Cut from);

  const Cut& from() const { return from_; }
  bool whole() const;
  // The topics were not made anew since.
  bool stands() const;

  void published(size_t lane);
  std::string check_cut(const Settled& at) const;
  std::string check_totals(const Settled& at, const engine::Evaluator& evaluator);
  std::string check_dead_letters(const Settled& at) const;
  // A replica had these cells at this cut.
  bool knows(const Cut& cut, uint64_t cells_digest) const;

 private:
  struct Lane {
    std::optional<UnixMillis> begins;
    std::vector<int64_t> crossing;  // by tick from base_tick_: first offset that reaches its end
    std::vector<int64_t> refused;
  };
  void take(size_t lane, int64_t offset);
  std::optional<PeriodIndex> first_tick(size_t partition) const;
  uint64_t digest_at(const Cut& cut);

  const Setup& setup_;
  const Broker& broker_;
  Cut from_;
  std::array<int64_t, kInputs> generations_{};
  PeriodIndex base_tick_;
  std::vector<Lane> lanes_;
  std::vector<std::unique_ptr<CellOracle>> oracles_;  // the one used last is the last
  std::map<Cut, uint64_t> totals_;                    // what the oracle says
  std::map<Cut, uint64_t> cells_;                     // the digest that the first one there had
};

}  // namespace bellwether::simulation
