// Purpose: the sums that people query and that are tested: every measure of every node (area or
// area set × sector) over the kept periods, rolled up from cells when deltas arrive. Invariants: a
// node's series equals the sum of the cells under it. A dated set is summed over all its members in
// all periods, as statistics offices restate a series on one geography, so that a change of
// membership is no growth; its dates say when it is assessed. Periods before first_period() are one
// opening balance.
// Counts are exact in 64 bits. They are kept in 32, half the memory, by all columns but those where
// one has outgrown them: 2^31 minutes of support in one period are reached, 2^31 births are not.
// Copying shares the columns; a column is copied when it is first written after a copy was taken,
// so that a copy is an immutable published view. Size bands are summed over. Thread safety: one
// writer; copies may be read by any number of threads.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/base/calendar.h"
#include "core/base/ids.h"
#include "core/indicators/deltas.h"
#include "core/reference/reference.h"

namespace bellwether::indicators {

// What people query: an area or area set × a sector at any level.
struct Node {
  AreaId area;
  SectorId sector;
  friend auto operator<=>(const Node&, const Node&) = default;
};

// A measure of a node by period: counts[i] belongs to first + i; later periods are zero. A count
// beyond 32 bits stands at their end.
struct SeriesView {
  PeriodIndex first;
  std::span<const int32_t> counts;
};

class Panel {
 public:
  // `reference` must outlive the panel and all its copies.
  Panel(const reference::Reference& reference, base::Calendar calendar, PeriodIndex first_period);
  Panel(Panel&&) = default;
  Panel& operator=(Panel&&) = default;
  // Takes a view: shares all columns. Non-const, because what is shared may no longer be written.
  std::shared_ptr<const Panel> publish();

  // Adds deltas of cells and rolls them up. Periods before first_period() join the opening balance.
  // Calls touched(node, measure, period) for every changed number with a period kept.
  template <class Touched>
  void add(std::span<const Delta> deltas, Touched touched);

  // Forgets the detail of periods before `first` into the opening balance; never goes back.
  void advance_horizon(PeriodIndex first);

  PeriodIndex first_period() const { return first_period_; }
  base::Calendar calendar() const { return calendar_; }
  const reference::Reference& reference() const { return *reference_; }
  size_t nodes() const { return reference_->areas.size() * sectors_; }
  size_t index(Node node) const { return size_t{node.area.value} * sectors_ + node.sector.value; }
  Node node(size_t index) const {
    return {AreaId(static_cast<uint16_t>(index / sectors_)),
            SectorId(static_cast<uint16_t>(index % sectors_))};
  }

  SeriesView series(Node node, Measure measure) const;
  int64_t at(Node node, Measure measure, PeriodIndex period) const;
  // Sum over first … last, both included, within the kept periods.
  int64_t sum(Node node, Measure measure, PeriodIndex first, PeriodIndex last) const;
  // Opening balance plus everything up to and including `period`.
  int64_t cumulative(Node node, Measure measure, PeriodIndex period) const;
  // Businesses alive at the end of `period`.
  int64_t stock(Node node, PeriodIndex period) const;

  // use(Measure, size_t node, int64_t opening, const std::vector<int64_t>& counts) for every series
  // that was ever touched, by measure and node; counts[i] belongs to first_period() + i.
  template <class Use>
  void each(Use use) const;
  // As each() showed it, into a panel of the same reference, calendar and first period that has
  // none of that series yet. False, and nothing changes, for what no panel can hold.
  bool restore(Measure measure, size_t node, int64_t opening, std::span<const int64_t> counts);

  // Digest of all non-zero numbers, equal for equal panels on any machine.
  uint64_t digest() const;
  size_t bytes() const;

 private:
  struct Column {
    int64_t opening = 0;
    int64_t total = 0;  // opening and all counts
    uint32_t generation = 0;
    std::vector<int32_t> counts;
    std::vector<int64_t> wide;  // the exact counts, once one has outgrown `counts`; else empty

    int64_t at(size_t i) const { return wide.empty() ? counts[i] : wide[i]; }
    void add(size_t i, int64_t amount);  // makes room
    void forget(size_t n);               // the first n join the opening balance
  };
  using Columns = std::vector<std::shared_ptr<Column>>;  // by node; empty until the measure is used

  Panel(const Panel&) = default;

  const Column* find(Node node, Measure measure) const;
  Column& writable(size_t node, Measure measure);
  void add_one(size_t node, Measure measure, PeriodIndex period, int64_t amount);
  void roll_up_dense(Measure measure, PeriodIndex period, std::span<const Delta> deltas,
                     std::vector<uint32_t>& changed);
  void roll_up_sparse(const Delta& delta, std::vector<uint32_t>& changed);
  void group(std::span<const Delta> deltas);

  const reference::Reference* reference_;
  base::Calendar calendar_;
  PeriodIndex first_period_;
  size_t sectors_;
  uint32_t generation_ = 1;
  std::array<Columns, domain::kMeasureCount> columns_;

  struct Group {
    Measure measure;
    PeriodIndex period;
    std::vector<Delta> deltas;
  };
  struct Scratch {  // reused between calls
    std::vector<Group> groups;
    size_t groups_used = 0;
    absl::flat_hash_map<uint32_t, size_t> group_of;
    std::vector<int64_t> dense;
    std::vector<uint32_t> changed;
  };
  std::shared_ptr<Scratch> scratch_;
};

template <class Use>
void Panel::each(Use use) const {
  std::vector<int64_t> counts;
  for (size_t m = 0; m < domain::kMeasureCount; ++m) {
    for (size_t node = 0; node < columns_[m].size(); ++node) {
      const Column* const column = columns_[m][node].get();
      if (column == nullptr) continue;
      counts.resize(column->counts.size());
      for (size_t i = 0; i < counts.size(); ++i) counts[i] = column->at(i);
      use(static_cast<Measure>(m), node, column->opening, std::as_const(counts));
    }
  }
}

template <class Touched>
void Panel::add(std::span<const Delta> deltas, Touched touched) {
  // Above this many deltas of one measure and period a pass over all nodes is cheaper.
  constexpr size_t kDenseFrom = 256;
  group(deltas);
  for (size_t g = 0; g < scratch_->groups_used; ++g) {
    Group& group = scratch_->groups[g];
    scratch_->changed.clear();
    if (group.deltas.size() >= kDenseFrom) {
      roll_up_dense(group.measure, group.period, group.deltas, scratch_->changed);
    } else {
      for (const Delta& delta : group.deltas) roll_up_sparse(delta, scratch_->changed);
    }
    if (group.period < first_period_) continue;
    for (uint32_t node : scratch_->changed) touched(node, group.measure, group.period);
  }
}

}  // namespace bellwether::indicators
