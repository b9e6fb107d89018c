#include "core/indicators/panel.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/domain/indicators.h"
#include "core/indicators/known_from.h"

namespace bellwether::indicators {
namespace {

// Deltas in the past and near future are normal. A period this far ahead is an error in our code.
constexpr int32_t kPeriodsAheadMax = 20'000;

constexpr uint64_t kLeastNarrow = uint64_t{1} << 31;  // −kLeastNarrow is the least 32-bit value

// The exact count, saturated at the 32-bit limits.
int32_t told(int64_t exact) {
  return static_cast<int32_t>(std::clamp<int64_t>(exact, INT32_MIN, INT32_MAX));
}

}  // namespace

Panel::Panel(const reference::Reference& reference, base::Calendar calendar,
             PeriodIndex first_period)
    : reference_(&reference),
      calendar_(calendar),
      first_period_(first_period),
      numbers_(std::make_shared<const SeriesNumbers>(reference)),
      sectors_(reference.sectors.size()),
      ends_from_(first_period),
      scratch_(std::make_shared<Scratch>()) {
  known_from_.fill(first_period);
}

std::shared_ptr<const Panel> Panel::publish() {
  // From now on, columns of older generations are shared with a view. They are copied before a
  // write.
  ++generation_;
  auto view = std::shared_ptr<Panel>(new Panel(*this));
  view->scratch_.reset();
  return view;
}

Panel Panel::copy() const {
  Panel copy(*this);
  ++copy.generation_;  // all columns are shared with this view
  copy.scratch_ = std::make_shared<Scratch>();
  return copy;
}

const Panel::Column* Panel::stored(Measure measure, size_t number) const {
  auto const m = static_cast<size_t>(measure);
  if (number < nodes()) return columns_[m].empty() ? nullptr : columns_[m][number].get();
  auto const found = class_columns_[m].find(static_cast<uint32_t>(number));
  return found == class_columns_[m].end() ? nullptr : found->second.get();
}

std::vector<uint32_t> Panel::numbers(Measure measure) const {
  auto const m = static_cast<size_t>(measure);
  std::vector<uint32_t> out;
  for (size_t node = 0; node < columns_[m].size(); ++node) {
    if (columns_[m][node] != nullptr) out.push_back(static_cast<uint32_t>(node));
  }
  auto const of_nodes = static_cast<ptrdiff_t>(out.size());
  for (const auto& [number, kept] : class_columns_[m]) out.push_back(number);
  std::sort(out.begin() + of_nodes, out.end());
  return out;
}

const Panel::Column* Panel::find(Node node, Measure measure, InClass in) const {
  return stored(measure, numbers_->of(node, measure, in));
}

Panel::Column& Panel::writable(size_t number, Measure measure) {
  auto const m = static_cast<size_t>(measure);
  bool const of_node = number < nodes();
  if (of_node && columns_[m].empty()) columns_[m].resize(nodes());
  if (number == index({})) changed_.set(m);
  std::shared_ptr<Column>& slot =
      of_node ? columns_[m][number] : class_columns_[m][static_cast<uint32_t>(number)];
  if (slot == nullptr) {
    slot = std::make_shared<Column>();
    slot->generation = generation_;
  } else if (slot->generation != generation_) {
    slot = std::make_shared<Column>(*slot);
    slot->generation = generation_;
  }
  return *slot;
}

void Panel::Column::add(size_t i, int64_t amount) {
  if (i >= counts.size()) {
    counts.resize(i + 1);
    if (!wide.empty()) wide.resize(i + 1);
  }
  int64_t const exact = at(i) + amount;
  if (wide.empty() && told(exact) != exact) wide.assign(counts.begin(), counts.end());
  if (!wide.empty()) wide[i] = exact;
  counts[i] = told(exact);
}

void Panel::Column::forget(size_t n) {
  n = std::min(n, counts.size());
  for (size_t i = 0; i < n; ++i) opening += at(i);
  counts.erase(counts.begin(), counts.begin() + static_cast<ptrdiff_t>(n));
  if (!wide.empty()) wide.erase(wide.begin(), wide.begin() + static_cast<ptrdiff_t>(n));
}

void Panel::Column::make_room(size_t n) {
  counts.insert(counts.begin(), n, 0);
  if (!wide.empty()) wide.insert(wide.begin(), n, 0);
}

bool Panel::Column::equals(const Column& other) const {
  if (total != other.total || opening != other.opening) return false;
  size_t const size = std::max(counts.size(), other.counts.size());
  for (size_t i = 0; i < size; ++i) {
    if ((i < counts.size() ? at(i) : 0) != (i < other.counts.size() ? other.at(i) : 0))
      return false;
  }
  return true;
}

bool Panel::same_counts(Node a, Node b) const {
  static const Column kNone;
  bool any = false;
  for (size_t m = 0; m < domain::kMeasureCount; ++m) {
    if (columns_[m].empty() || !domain::adds_up(static_cast<Measure>(m))) continue;
    const Column* const of_a = columns_[m][index(a)].get();
    const Column* const of_b = columns_[m][index(b)].get();
    if (of_a == of_b) continue;
    any = true;
    if (!(of_a == nullptr ? kNone : *of_a).equals(of_b == nullptr ? kNone : *of_b)) return false;
  }
  return any;
}

void Panel::find_known() {
  if (changed_.none()) return;
  auto const year = static_cast<size_t>(calendar_.periods_per_year());
  auto const at = [&](size_t i) {
    return PeriodIndex(first_period_.value + static_cast<int32_t>(i));
  };
  for (size_t m = 0; m < domain::kMeasureCount; ++m) {
    auto const measure = static_cast<Measure>(m);
    if (changed_[m]) known_from_[m] = at(first_known(series({}, measure).counts, year));
  }
  if (changed_[static_cast<size_t>(Measure::kBirths)] ||
      changed_[static_cast<size_t>(Measure::kDeaths)]) {
    find_ends();
  }
  changed_.reset();
}

void Panel::find_ends() {
  PeriodIndex const before(first_period_.value - 1);
  auto const load = !load_ || *load_ <= first_period_
                        ? std::nullopt
                        : std::optional(static_cast<size_t>(load_->value - first_period_.value));
  EndsTold const ends = ends_told(
      {series({}, Measure::kBirths).counts, series({}, Measure::kDeaths).counts,
       cumulative({}, Measure::kBirths, before), cumulative({}, Measure::kDeaths, before)},
      load, static_cast<size_t>(calendar_.periods_per_year()));
  ends_from_ = PeriodIndex(first_period_.value + static_cast<int32_t>(ends.from));
  tells_ends_ = ends.told;
}

void Panel::set_figures(std::shared_ptr<const FigureTable> table, PeriodIndex through) {
  BELLWETHER_CHECK(table != nullptr);
  figures_ = std::move(table);
  figures_through_ = through;
}

void Panel::set_load(std::optional<PeriodIndex> load) {
  if (load_ == load) return;
  load_ = load;
  find_ends();
}

bool Panel::is_told(Measure measure) const {
  if (tells_ends_ || !domain::topics(measure).contains(domain::Topic::kRegistrations)) return true;
  const Column* const column = find({}, measure);
  if (column == nullptr) return false;
  return column->opening != 0 ||
         std::ranges::any_of(column->counts, [](int32_t n) { return n != 0; });
}

PeriodIndex Panel::known_from(Measure measure) const {
  PeriodIndex const own = known_from_[static_cast<size_t>(measure)];
  bool const of_register = domain::topics(measure).contains(domain::Topic::kRegistrations);
  return of_register ? std::max(own, ends_from_) : own;
}

void Panel::add_one(size_t node, Measure measure, PeriodIndex period, int64_t amount) {
  Column& column = writable(node, measure);
  column.total += amount;
  int32_t const i = period.value - first_period_.value;
  if (i < 0) {
    column.opening += amount;
    return;
  }
  BELLWETHER_CHECK(i < kPeriodsAheadMax);
  column.add(static_cast<size_t>(i), amount);
}

bool Panel::restore(Measure measure, size_t node, int64_t opening,
                    std::span<const int64_t> counts) {
  if (!numbers_->exists(measure, node) || stored(measure, node) != nullptr ||
      counts.size() > static_cast<size_t>(kPeriodsAheadMax)) {
    return false;
  }
  uint64_t beyond = 0;  // not 0 if a count is outside 32 bits
  uint64_t sum = 0;     // exact if all counts are in 32 bits: kPeriodsAheadMax of them fit 64 bits
  for (int64_t n : counts) {
    beyond |= (static_cast<uint64_t>(n) + kLeastNarrow) >> 32;
    sum += static_cast<uint64_t>(n);
  }
  bool const narrow = beyond == 0;
  int64_t total = opening;
  if (narrow) {
    if (__builtin_add_overflow(total, static_cast<int64_t>(sum), &total)) return false;
  } else {
    for (int64_t n : counts) {
      if (__builtin_add_overflow(total, n, &total)) return false;
    }
  }
  Column& fresh = writable(node, measure);
  fresh.opening = opening;
  fresh.total = total;
  fresh.counts.resize(counts.size());
  if (narrow) {
    std::ranges::transform(counts, fresh.counts.begin(),
                           [](int64_t n) { return static_cast<int32_t>(n); });
  } else {
    std::ranges::transform(counts, fresh.counts.begin(), told);
    fresh.wide.assign(counts.begin(), counts.end());
  }
  find_known();
  return true;
}

void Panel::group(std::span<const Delta> deltas) {
  Scratch& s = *scratch_;
  s.group_of.clear();
  s.groups_used = 0;
  PeriodIndex const opening(first_period_.value - 1);
  for (const Delta& delta : deltas) {
    PeriodIndex const period = std::max(delta.key.period(), opening);
    uint32_t const key = static_cast<uint32_t>(DeltaKey({}, delta.key.measure(), period).bits());
    auto [it, fresh] = s.group_of.try_emplace(key, s.groups_used);
    if (fresh) {
      if (s.groups_used == s.groups.size()) s.groups.emplace_back();
      Group& g = s.groups[s.groups_used++];
      g.measure = delta.key.measure();
      g.period = period;
      g.deltas.clear();
    }
    s.groups[it->second].deltas.push_back({delta.key.in(period), delta.amount});
  }
}

void Panel::roll_up_sparse(const Delta& delta, std::vector<uint32_t>& changed) {
  Cell const cell = delta.key.cell();
  PeriodIndex const period = delta.key.period();
  for (const reference::AreaAncestor& area : reference_->areas.ancestors(cell.area)) {
    for (SectorId sector : reference_->sectors.ancestors(cell.sector)) {
      size_t const node = index({area.area, sector});
      add_one(node, delta.key.measure(), period, delta.amount);
      changed.push_back(static_cast<uint32_t>(node));
    }
  }
}

void Panel::add_to_classes(const Delta& delta) {
  Cell const cell = delta.key.cell();
  Measure const measure = delta.key.measure();
  const domain::MeasureInfo& about = info(measure);
  auto const add_to = [&](Node node) {
    auto const add_in = [&](Class in) {
      add_one(numbers_->of(node, measure, in), measure, delta.key.period(), delta.amount);
    };
    add_in({about.division, delta.key.of_class()});
    if (about.division == Division::kLegalForm) add_in({Division::kSizeBand, cell.size.value});
  };
  if (about.adding == domain::Adding::kNodeAlone) {
    if (has_classes({cell.area, cell.sector})) add_to({cell.area, cell.sector});
    return;
  }
  SectorId const section = numbers_->section(cell.sector);
  for (const reference::AreaAncestor& area : reference_->areas.ancestors(cell.area)) {
    if (!numbers_->is_divided(area.area)) continue;
    add_to({area.area, reference::kAllSectors});
    if (section != reference::kAllSectors) add_to({area.area, section});
  }
}

void Panel::add_alone(const Delta& delta, std::vector<uint32_t>& changed) {
  Cell const cell = delta.key.cell();
  size_t const node = index({cell.area, cell.sector});
  add_one(node, delta.key.measure(), delta.key.period(), delta.amount);
  changed.push_back(static_cast<uint32_t>(node));
}

void Panel::roll_up_dense(Measure measure, PeriodIndex period, std::span<const Delta> deltas,
                          std::vector<uint32_t>& changed) {
  std::vector<int64_t>& sums = scratch_->dense;  // by node
  sums.assign(nodes(), 0);
  std::vector<bool> used(reference_->areas.size());
  for (const Delta& delta : deltas) {
    Cell const cell = delta.key.cell();
    sums[index({cell.area, cell.sector})] += delta.amount;
    used[cell.area.value] = true;
  }
  // First add up the sectors within each leaf area. Children follow their parents.
  std::span<const reference::Sector> sectors = reference_->sectors.all();
  std::vector<uint16_t> leaves;
  for (size_t a = 0; a < used.size(); ++a) {
    if (!used[a]) continue;
    leaves.push_back(static_cast<uint16_t>(a));
    int64_t* row = &sums[a * sectors_];
    for (size_t s = sectors_ - 1; s > 0; --s) row[sectors[s].parent.value] += row[s];
  }
  // Then add whole rows to the areas and sets above each leaf.
  for (uint16_t leaf : leaves) {
    const int64_t* row = &sums[leaf * sectors_];
    for (const reference::AreaAncestor& area :
         reference_->areas.ancestors(AreaId(leaf)).subspan(1)) {
      int64_t* above = &sums[area.area.value * sectors_];
      for (size_t s = 0; s < sectors_; ++s) above[s] += row[s];
    }
  }
  for (size_t node = 0; node < sums.size(); ++node) {
    if (sums[node] == 0) continue;
    add_one(node, measure, period, sums[node]);
    changed.push_back(static_cast<uint32_t>(node));
  }
}

void Panel::retreat_horizon(PeriodIndex first) {
  if (first >= first_period_) return;
  auto const step = static_cast<size_t>(first_period_.value - first.value);
  for (size_t m = 0; m < domain::kMeasureCount; ++m) {
    auto const measure = static_cast<Measure>(m);
    for (size_t number : numbers(measure)) {
      if (!stored(measure, number)->counts.empty()) writable(number, measure).make_room(step);
    }
  }
  first_period_ = first;
  changed_.set();
  find_known();
}

bool Panel::recall(Measure measure, size_t node, std::span<const int64_t> counts) {
  if (!numbers_->exists(measure, node) || counts.size() > static_cast<size_t>(kPeriodsAheadMax))
    return false;
  int64_t sum = 0;
  for (int64_t n : counts) {
    if (__builtin_add_overflow(sum, n, &sum)) return false;
  }
  const Column* const kept = stored(measure, node);
  int64_t const opening = kept == nullptr ? 0 : kept->opening;
  int64_t rest = 0;
  if (__builtin_sub_overflow(opening, sum, &rest)) return false;
  Column& changed = writable(node, measure);
  changed.opening = rest;
  for (size_t i = 0; i < counts.size(); ++i) changed.add(i, counts[i]);
  find_known();
  return true;
}

void Panel::drop_zeros() {
  auto const is_zero = [](const Column& column) {
    return column.opening == 0 &&
           std::ranges::all_of(column.counts, [](int32_t n) { return n == 0; });
  };
  for (Columns& columns : columns_) {
    for (std::shared_ptr<Column>& column : columns) {
      if (column != nullptr && is_zero(*column)) column.reset();
    }
  }
  for (ClassColumns& columns : class_columns_)
    absl::erase_if(columns, [&](const auto& entry) { return is_zero(*entry.second); });
}

SeriesView Panel::series(Node node, Measure measure, InClass in) const {
  const Column* column = find(node, measure, in);
  if (column == nullptr) return {first_period_, {}};
  return {first_period_, column->counts};
}

int64_t Panel::at(Node node, Measure measure, PeriodIndex period, InClass in) const {
  return sum(node, measure, period, period, in);
}

int64_t Panel::sum(Node node, Measure measure, PeriodIndex first, PeriodIndex last,
                   InClass in) const {
  const Column* column = find(node, measure, in);
  if (column == nullptr) return 0;
  int64_t const from = std::max(0, first.value - first_period_.value);
  int64_t const to = std::min<int64_t>(static_cast<int64_t>(column->counts.size()) - 1,
                                       last.value - first_period_.value);
  int64_t total = 0;
  for (int64_t i = from; i <= to; ++i) total += column->at(static_cast<size_t>(i));
  return total;
}

int64_t Panel::cumulative(Node node, Measure measure, PeriodIndex period, InClass in) const {
  const Column* column = find(node, measure, in);
  if (column == nullptr) return 0;
  if (period < first_period_) return column->opening;
  int64_t total = column->total;  // most calls ask for the newest periods, so go back from the end
  for (int64_t i = static_cast<int64_t>(column->counts.size()) - 1;
       i > period.value - first_period_.value; --i) {
    total -= column->at(static_cast<size_t>(i));
  }
  return total;
}

int64_t Panel::stock(Node node, PeriodIndex period, InClass in) const {
  int64_t stock = in ? cumulative(node, Measure::kClassChanges, period, in) : 0;
  for (const domain::StockFlow& flow : domain::kStockFlows) {
    stock += flow.sign * cumulative(node, flow.measure, period, in);
  }
  return stock;
}

uint64_t Panel::digest() const {
  base::SetDigest digest;
  for (size_t m = 0; m < domain::kMeasureCount; ++m) {
    auto const measure = static_cast<Measure>(m);
    for (uint32_t number : numbers(measure)) {
      const Column& kept = *stored(measure, number);
      uint64_t const where = uint64_t{m} << 32 | number;
      if (kept.opening != 0) {
        digest.add(where, UINT64_MAX, static_cast<uint64_t>(kept.opening));
      }
      for (size_t i = 0; i < kept.counts.size(); ++i) {
        if (kept.counts[i] == 0) continue;
        digest.add(where, static_cast<uint64_t>(first_period_.value) + i,
                   static_cast<uint64_t>(kept.at(i)));
      }
    }
  }
  return digest.value();
}

size_t Panel::bytes() const {
  size_t total = 0;
  auto const add = [&](const std::shared_ptr<Column>& kept) {
    if (kept == nullptr) return;
    total += sizeof(Column) + kept->counts.capacity() * sizeof(int32_t) +
             kept->wide.capacity() * sizeof(int64_t);
  };
  for (const Columns& columns : columns_) {
    total += columns.capacity() * sizeof(columns[0]);
    for (const auto& kept : columns) add(kept);
  }
  for (const ClassColumns& columns : class_columns_) {
    total += columns.capacity() * (sizeof(ClassColumns::value_type) + 1);
    for (const auto& [number, kept] : columns) add(kept);
  }
  return total;
}

}  // namespace bellwether::indicators
