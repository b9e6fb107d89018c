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

// Takes `change`, the last one of the panel, back. False if that is not possible.
bool take_back(const PanelChange& change, Panel& panel) {
  std::vector<Delta> deltas;
  bool const whole = each_delta(change.deltas, [&](Delta delta) {
    delta.amount = -delta.amount;
    deltas.push_back(delta);
  });
  if (!whole) return false;
  panel.add(deltas, [](uint32_t, Measure, PeriodIndex) {});
  panel.retreat_horizon(change.first_period);
  return each_left(change.left, [&](Measure m, size_t node, std::span<const int64_t> counts) {
    return panel.recall(m, node, counts);
  });
}

}  // namespace

std::string pack_deltas(std::span<const PartitionTick> parts) {
  std::vector<Delta> all;
  for (const PartitionTick& part : parts)
    all.insert(all.end(), part.deltas.begin(), part.deltas.end());
  std::ranges::sort(all, {}, &Delta::key);
  ByteWriter bytes;
  uint64_t before = 0;
  for (size_t i = 0; i < all.size();) {
    DeltaKey const key = all[i].key;
    int64_t amount = 0;
    for (; i < all.size() && all[i].key == key; ++i) amount += all[i].amount;
    if (amount == 0) continue;
    bytes.number(key.bits() - before);
    bytes.signed_number(amount);
    before = key.bits();
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
  size_t const nodes = reference.areas.size() * reference.sectors.size();
  int64_t const step = int64_t{change.tick.value} - change.first_period.value;
  if (step < 0 || step > kStepMax) return wrong("an impossible first period");
  bool known = true;
  bool const whole = each_delta(change.deltas, [&](const Delta& delta) {
    indicators::Cell const cell = delta.key.cell();
    known &= cell.area.value < reference.areas.size() &&
             cell.sector.value < reference.sectors.size() &&
             static_cast<size_t>(delta.key.measure()) < domain::kMeasureCount &&
             delta.key.period().value - int64_t{change.tick.value} < kStepMax;
  });
  if (!whole || !known) return wrong("impossible deltas");
  bool const left = each_left(change.left, [&](Measure m, uint64_t node, auto counts) {
    return static_cast<size_t>(m) < domain::kMeasureCount && node < nodes &&
           counts.size() <= static_cast<size_t>(kStepMax);
  });
  return left ? absl::OkStatus() : wrong("impossible counts");
}

std::optional<PastPanel> panel_at(const Panel& now, const PanelChanges& changes, PeriodIndex tick) {
  auto const found = std::ranges::find(changes, tick, [](const auto& c) { return c->tick; });
  if (found == changes.end()) return std::nullopt;
  Panel panel = now.copy();
  for (auto last = changes.end() - 1; last != found; --last) {
    if (!take_back(**last, panel)) return std::nullopt;
  }
  panel.drop_zeros();
  return PastPanel{panel.publish(), (*found)->reported};
}

}  // namespace bellwether::engine
