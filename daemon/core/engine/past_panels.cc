#include "core/engine/past_panels.h"

#include <algorithm>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/text.h"

namespace bellwether::engine {
namespace {

using base::ByteReader;
using base::ByteWriter;
using base::PeriodIndex;
using indicators::Delta;
using indicators::DeltaKey;
using indicators::Measure;
using indicators::Panel;

constexpr int32_t kStepMax = 20'000;  // periods that leave the history at one tick

// One delta for each key, without zeros. `sorted`: by key.
std::vector<Delta> summed(std::span<const Delta> sorted) {
  std::vector<Delta> out;
  for (size_t i = 0; i < sorted.size();) {
    Delta sum{sorted[i].key, 0};
    for (; i < sorted.size() && sorted[i].key == sum.key; ++i) sum.amount += sorted[i].amount;
    if (sum.amount != 0) out.push_back(sum);
  }
  return out;
}

// Calls use(const Delta&) for each packed delta. False if the bytes are damaged.
template <class Use>
bool each_delta(std::string_view packed, Use use) {
  ByteReader in(packed);
  uint64_t key = 0;
  while (!in.done()) {
    key += in.number();
    Delta const delta{DeltaKey::from_bits(key), in.signed_number()};
    if (in.failed()) return false;
    use(delta);
  }
  return true;
}

// Calls use(Measure, node, counts) for each packed series of counts, until it returns false. False
// if it did, or if the bytes are damaged.
template <class Use>
bool each_left(std::string_view packed, Use use) {
  ByteReader in(packed);
  std::vector<int64_t> counts;
  while (!in.done()) {
    auto const measure = in.fixed<uint8_t>();
    uint64_t const node = in.number();
    uint64_t const size = in.number();
    if (in.failed() || size > in.left()) return false;
    counts.resize(size);
    in.signed_numbers(counts);
    if (in.failed()) return false;
    if (!use(static_cast<Measure>(measure), node, std::span<const int64_t>(counts))) return false;
  }
  return true;
}

// Takes changes back, the last one first. Deltas are added up until the horizon moves, because many
// of them together cost little more than those of one tick.
class TakenBack {
 public:
  explicit TakenBack(Panel& panel) : panel_(panel) {}

  // False if the change cannot be taken back.
  bool add(const PanelChange& change) {
    bool const whole = each_delta(change.deltas, [&](const Delta& delta) {
      deltas_.push_back({delta.key, -delta.amount});
    });
    if (!whole) return false;
    if (change.first_period >= panel_.first_period()) return true;
    finish();
    panel_.retreat_horizon(change.first_period);
    return each_left(change.left, [&](Measure m, size_t node, std::span<const int64_t> counts) {
      return panel_.recall(m, node, counts);
    });
  }
  void finish() {
    std::ranges::sort(deltas_, {}, &Delta::key);
    panel_.add(summed(deltas_), [](uint32_t, Measure, PeriodIndex) {});
    deltas_.clear();
  }

 private:
  Panel& panel_;
  std::vector<Delta> deltas_;
};

}  // namespace

std::string pack_deltas(std::span<const PartitionTick> parts) {
  std::vector<Delta> all;
  for (const PartitionTick& part : parts)
    all.insert(all.end(), part.deltas.begin(), part.deltas.end());
  std::ranges::sort(all, {}, &Delta::key);
  ByteWriter bytes;
  uint64_t before = 0;
  for (const Delta& delta : summed(all)) {
    bytes.number(delta.key.bits() - before);
    bytes.signed_number(delta.amount);
    before = delta.key.bits();
  }
  return std::string(bytes.view());
}

void LeftCounts::add(Measure measure, size_t node, std::span<const int64_t> counts) {
  while (!counts.empty() && counts.back() == 0) counts = counts.first(counts.size() - 1);
  if (counts.empty()) return;
  ByteWriter bytes;
  bytes.fixed(static_cast<uint8_t>(measure));
  bytes.number(node);
  bytes.number(counts.size());
  for (int64_t n : counts) bytes.signed_number(n);
  bytes_.append(bytes.view());
}

void remember(PanelChanges& changes, std::shared_ptr<const PanelChange> change, size_t bytes_max) {
  if (!changes.empty() && changes.back()->tick.value + 1 != change->tick.value) changes.clear();
  changes.push_back(std::move(change));
  size_t bytes = 0;
  size_t kept = 0;
  while (kept < std::min(changes.size(), kPastTicksMax)) {
    bytes += changes[changes.size() - 1 - kept]->bytes();
    if (bytes > bytes_max && kept > 0) break;
    ++kept;
  }
  changes.erase(changes.begin(), changes.end() - static_cast<ptrdiff_t>(kept));
}

absl::Status check(const PanelChange& change, const reference::Reference& reference) {
  auto const wrong = [&](std::string_view what) {
    return absl::DataLossError(base::cat("the panel's change ", change.tick.value, " has ", what));
  };
  indicators::SeriesNumbers const numbers(reference);
  int64_t const step = int64_t{change.tick.value} - change.first_period.value;
  if (step < 0 || step > kStepMax) return wrong("an impossible first period");
  bool known = true;
  bool const whole = each_delta(change.deltas, [&](const Delta& delta) {
    indicators::Cell const cell = delta.key.cell();
    known &= cell.area.value < reference.areas.size() &&
             cell.sector.value < reference.sectors.size() && is_possible(delta.key) &&
             delta.key.period().value - int64_t{change.tick.value} < kStepMax;
  });
  if (!whole || !known) return wrong("impossible deltas");
  bool const left = each_left(change.left, [&](Measure m, uint64_t node, auto counts) {
    return static_cast<size_t>(m) < domain::kMeasureCount && numbers.exists(m, node) &&
           counts.size() <= static_cast<size_t>(kStepMax);
  });
  return left ? absl::OkStatus() : wrong("impossible counts");
}

std::optional<PastPanel> panel_at(const Panel& now, const PanelChanges& changes, PeriodIndex tick) {
  auto const found = std::ranges::find(changes, tick, [](const auto& c) { return c->tick; });
  if (found == changes.end()) return std::nullopt;
  Panel panel = now.copy();
  TakenBack taken_back(panel);
  for (auto last = changes.end() - 1; last != found; --last) {
    if (!taken_back.add(**last)) return std::nullopt;
  }
  taken_back.finish();
  panel.drop_zeros();
  panel.set_load((*found)->load);
  panel.set_figures(now.figure_table(), tick);
  return PastPanel{panel.publish(), (*found)->reported};
}

}  // namespace bellwether::engine
