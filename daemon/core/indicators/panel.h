// Purpose: the sums that people query and detectors test: every measure of every node (area or area
// set × sector) in the kept periods. Deltas of cells are added to all nodes above the cell when
// they arrive; size bands are added together. The measures with a division (domain::divides) have
// series by class, too: of the nodes for which has_classes() holds. Invariants: a node's series
// equals the sum of the cells under it, and that of its classes. A set with dates is the sum of all
// its members in all periods, as statistics offices restate a series on one geography; so a change
// of membership is not growth. A measure that does not add up (domain::adds_up) counts only in the
// nodes that the deltas name. The dates of a set decide only when it is assessed. All periods
// before first_period() are one opening balance. Counts are exact in 64 bits. A column stores them
// in 32 bits, which takes half the memory, until one count exceeds 32 bits: 2^31 minutes of support
// in one period can occur, 2^31 births cannot. Copying shares the columns. A column is copied when
// it is first written after a copy was made, so a copy is an immutable published view. Thread
// safety: one writer; any number of threads may read the copies.
#pragma once

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/base/calendar.h"
#include "core/base/ids.h"
#include "core/indicators/deltas.h"
#include "core/indicators/official_figures.h"
#include "core/indicators/series_numbers.h"
#include "core/reference/reference.h"

namespace bellwether::indicators {

// A measure of a node by period: counts[i] is the count of period first + i. Later periods are
// zero. Counts saturate at the 32-bit limits.
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
  // Returns an immutable view that shares all columns. Non-const, because later writes must copy
  // the shared columns.
  std::shared_ptr<const Panel> publish();
  // A writable panel with the same counts, which shares the columns of this published view.
  Panel copy() const;

  // Adds deltas of cells to all nodes above them. Periods before first_period() are added to the
  // opening balance. Calls touched(node, measure, period) for every changed count in a kept period.
  template <class Touched>
  void add(std::span<const Delta> deltas, Touched touched);

  // Adds the periods before `first` to the opening balance. No effect if `first` is not later than
  // first_period(). Before that, calls use(Measure, size_t node, std::span<const int64_t> counts)
  // for every series with counts in these periods, ordered by measure and node: counts[i] is that
  // of first_period() + i; counts that are left out at the end are zero. A series of a class has a
  // number from nodes() on in the place of the node.
  template <class Use>
  void advance_horizon(PeriodIndex first, Use use);
  void advance_horizon(PeriodIndex first) {
    advance_horizon(first, [](Measure, size_t, std::span<const int64_t>) {});
  }
  // Takes a change of the horizon back: the kept periods begin at `first` again, with counts of
  // zero. No effect if `first` is not earlier than first_period().
  void retreat_horizon(PeriodIndex first);
  // Moves counts from the opening balance of a series back to the periods from first_period() on.
  // Returns false and changes nothing if there is no such series, if there are too many counts, or
  // if the opening balance would exceed 64 bits.
  bool recall(Measure measure, size_t node, std::span<const int64_t> counts);

  PeriodIndex first_period() const { return first_period_; }
  // The first period of which the counts of a measure are known (known_from.h); first_period() if
  // nothing says that an earlier one is unknown.
  PeriodIndex known_from(Measure measure) const;
  // False if the register has told of no end at all, although some businesses should have ended by
  // now (known_from.h), and `measure` is an event of that register of which it has told none. Then
  // a count of zero is not known either.
  bool is_told(Measure measure) const;
  // States the period in which the births of earlier periods were published together; nullopt if
  // there was none lately. It is not part of the counts: nobody but known_from() and is_told() uses
  // it.
  void set_load(std::optional<PeriodIndex> load);
  // The official figures, and the tick through which they are known. They are no counts of the
  // panel: it only carries them to the formulas that rest on them.
  void set_figures(std::shared_ptr<const FigureTable> table, PeriodIndex through);
  const std::shared_ptr<const FigureTable>& figure_table() const { return figures_; }  // never null
  PeriodIndex figures_through() const { return figures_through_; }
  KnownFigures figures() const { return {*reference_, *figures_, figures_through_}; }
  base::Calendar calendar() const { return calendar_; }
  const reference::Reference& reference() const { return *reference_; }
  size_t nodes() const { return numbers_->nodes(); }
  size_t index(Node node) const { return numbers_->index(node); }
  Node node(size_t index) const { return numbers_->node(index); }
  // True if the series of the node's classes are kept.
  bool has_classes(Node node) const { return numbers_->has_classes(node); }

  // With a class: what is in that class. REQUIRES then: domain::divides() and has_classes().
  using InClass = std::optional<Class>;
  SeriesView series(Node node, Measure measure, InClass in = std::nullopt) const;
  int64_t at(Node node, Measure measure, PeriodIndex period, InClass in = std::nullopt) const;
  // Sum of the kept periods in first … last, inclusive.
  int64_t sum(Node node, Measure measure, PeriodIndex first, PeriodIndex last,
              InClass in = std::nullopt) const;
  // Opening balance plus the counts up to and including `period`.
  int64_t cumulative(Node node, Measure measure, PeriodIndex period,
                     InClass in = std::nullopt) const;
  // Businesses alive at the end of `period`. By size band or legal form.
  int64_t stock(Node node, PeriodIndex period, InClass in = std::nullopt) const;
  // True if both nodes have the same counts of every measure that adds up, in each period and in
  // the opening balance, and have any. If one is part of the other, they then hold the same facts.
  bool same_counts(Node a, Node b) const;

  // Calls use(Measure, size_t node, int64_t opening, const std::vector<int64_t>& counts) for every
  // series that was ever changed, ordered by measure and node. counts[i] is the count of period
  // first_period() + i. For a series of a class (SeriesNumbers), `node` is its number, which is not
  // below nodes().
  template <class Use>
  void each(Use use) const;
  // Adds a series from each() to a panel with the same reference, calendar and first period.
  // Returns false and changes nothing if the panel already has the series, if there is no such
  // series, if there are too many counts, or if the total exceeds 64 bits.
  bool restore(Measure measure, size_t node, int64_t opening, std::span<const int64_t> counts);

  // Forgets the series without any count. A series of zeros and one that was never changed have the
  // same counts.
  void drop_zeros();

  // Digest of all non-zero numbers. Equal panels have equal digests on all machines.
  uint64_t digest() const;
  size_t bytes() const;

 private:
  struct Column {
    int64_t opening = 0;
    int64_t total = 0;  // opening and all counts
    uint32_t generation = 0;
    std::vector<int32_t> counts;
    std::vector<int64_t> wide;  // the exact counts, if one has exceeded 32 bits; else empty

    int64_t at(size_t i) const { return wide.empty() ? counts[i] : wide[i]; }
    void add(size_t i, int64_t amount);  // extends the column if necessary
    void forget(size_t n);               // adds the first n counts to the opening balance
    void make_room(size_t n);            // puts n counts of zero before the first
    bool equals(const Column& other) const;
  };
  using Columns = std::vector<std::shared_ptr<Column>>;  // by node; empty until the measure is used
  using ClassColumns = absl::flat_hash_map<uint32_t, std::shared_ptr<Column>>;  // by number

  Panel(const Panel&) = default;

  const Column* stored(Measure measure, size_t number) const;  // null: never changed
  // The numbers of all series of a measure that were ever changed, ascending.
  std::vector<uint32_t> numbers(Measure measure) const;
  const Column* find(Node node, Measure measure, InClass in = std::nullopt) const;
  Column& writable(size_t number, Measure measure);
  void add_to_classes(const Delta& delta);
  void add_one(size_t node, Measure measure, PeriodIndex period, int64_t amount);
  void roll_up_dense(Measure measure, PeriodIndex period, std::span<const Delta> deltas,
                     std::vector<uint32_t>& changed);
  void roll_up_sparse(const Delta& delta, std::vector<uint32_t>& changed);
  void add_alone(const Delta& delta, std::vector<uint32_t>& changed);
  void group(std::span<const Delta> deltas);
  // Finds known_from() of the measures whose column of the whole region was written. Each change of
  // counts or of the horizon calls it at its end.
  void find_known();
  void find_ends();  // ends_from_ and tells_ends_

  const reference::Reference* reference_;
  base::Calendar calendar_;
  PeriodIndex first_period_;
  std::shared_ptr<const SeriesNumbers> numbers_;
  size_t sectors_;
  uint32_t generation_ = 1;
  std::array<Columns, domain::kMeasureCount> columns_;
  std::array<ClassColumns, domain::kMeasureCount> class_columns_;
  std::array<PeriodIndex, domain::kMeasureCount> known_from_;
  PeriodIndex ends_from_;  // the first period of which the register tells the ends
  bool tells_ends_ = true;
  std::optional<PeriodIndex> load_;
  std::shared_ptr<const FigureTable> figures_ = std::make_shared<FigureTable>();
  PeriodIndex figures_through_;
  std::bitset<domain::kMeasureCount> changed_;  // of the whole region, since find_known()

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
    auto const measure = static_cast<Measure>(m);
    for (size_t number : numbers(measure)) {
      const Column& kept = *stored(measure, number);
      counts.resize(kept.counts.size());
      for (size_t i = 0; i < counts.size(); ++i) counts[i] = kept.at(i);
      use(measure, number, kept.opening, std::as_const(counts));
    }
  }
}

template <class Use>
void Panel::advance_horizon(PeriodIndex first, Use use) {
  if (first <= first_period_) return;
  auto const step = static_cast<size_t>(first.value - first_period_.value);
  std::vector<int64_t> leaving;
  for (size_t m = 0; m < domain::kMeasureCount; ++m) {
    auto const measure = static_cast<Measure>(m);
    for (size_t number : numbers(measure)) {
      if (stored(measure, number)->counts.empty()) continue;
      Column& kept = writable(number, measure);
      leaving.resize(std::min(step, kept.counts.size()));
      for (size_t i = 0; i < leaving.size(); ++i) leaving[i] = kept.at(i);
      use(measure, number, std::span<const int64_t>(leaving));
      kept.forget(step);
    }
  }
  first_period_ = first;
  changed_.set();
  find_known();
}

template <class Touched>
void Panel::add(std::span<const Delta> deltas, Touched touched) {
  // From this many deltas of one measure and period, a pass over all nodes is cheaper.
  constexpr size_t kDenseFrom = 256;
  group(deltas);
  for (size_t g = 0; g < scratch_->groups_used; ++g) {
    Group& group = scratch_->groups[g];
    scratch_->changed.clear();
    const domain::MeasureInfo& measure = info(group.measure);
    if (measure.division != Division::kNone) {
      for (const Delta& delta : group.deltas) add_to_classes(delta);
    }
    if (measure.adding == domain::Adding::kByClassAlone) continue;
    if (measure.adding == domain::Adding::kNodeAlone) {
      for (const Delta& delta : group.deltas) add_alone(delta, scratch_->changed);
    } else if (group.deltas.size() >= kDenseFrom) {
      roll_up_dense(group.measure, group.period, group.deltas, scratch_->changed);
    } else {
      for (const Delta& delta : group.deltas) roll_up_sparse(delta, scratch_->changed);
    }
    if (group.period < first_period_) continue;
    for (uint32_t node : scratch_->changed) touched(node, group.measure, group.period);
  }
  find_known();
}

}  // namespace bellwether::indicators
