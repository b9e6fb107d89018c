// Purpose: the official figures that the records of one partition state: the latest version of each
// fact, and what has changed since the last tick. The figures of an area have no business, so they
// are beside the ledger.
// Invariants: the state depends on the set of records, not on their order or repetition. A later
// sequence wins; of versions with the same sequence one that states nothing, then the greater
// content.
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "core/base/ids.h"
#include "core/events/event.h"
#include "core/indicators/official_figures.h"
#include "core/ledger/ledger.h"

namespace bellwether::ledger {

// The limit of facts about figures in a partition. Further ones are refused. A nation has 400
// districts, 100 divisions and, within the years that are used, a dozen quarters.
inline constexpr size_t kFiguresPerPartitionMax = 1'000'000;

// The latest version of a fact. A retraction may be known before what it retracts. A version
// without a use (Statistic::kUnused) is kept, too, because it may replace one with a use.
struct KeptFigure {
  base::FactId fact;
  base::SourceSequence sequence;
  // nullopt: retracted, or without a use.
  std::optional<std::pair<indicators::FigureKey, indicators::OfficialFigure>> stated;
  friend bool operator==(const KeptFigure&, const KeptFigure&) = default;
};

class FigureStore {
 public:
  explicit FigureStore(size_t facts_max = kFiguresPerPartitionMax) : facts_max_(facts_max) {}

  // REQUIRES: a figure or a retraction.
  Outcome apply(const events::Event& event);
  // The changes since the last call, in their order of key; none twice.
  std::vector<indicators::FigureChange> take_changes();

  // For a snapshot: the facts in the order of their ids, and the changes so far.
  std::vector<KeptFigure> facts() const;
  std::vector<indicators::FigureChange> changes() const;
  void restore(std::vector<KeptFigure> facts, std::vector<indicators::FigureChange> changes);

  size_t size() const { return facts_.size(); }

 private:
  using Place = std::pair<indicators::FigureKey, base::FactId>;
  size_t facts_max_;
  absl::flat_hash_map<base::FactId, KeptFigure> facts_;
  absl::btree_map<Place, std::optional<indicators::OfficialFigure>> changes_;
};

}  // namespace bellwether::ledger
