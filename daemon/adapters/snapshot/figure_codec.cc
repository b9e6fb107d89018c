#include "adapters/snapshot/figure_codec.h"

#include <cmath>
#include <optional>
#include <utility>

#include "adapters/snapshot/items.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::snapshot {
namespace {

using base::ByteReader;
using base::ByteWriter;
using indicators::FigureChange;
using indicators::FigureKey;
using indicators::FigureTable;
using indicators::OfficialFigure;
using ledger::KeptFigure;

// The earliest and latest day of an event are three centuries apart.
constexpr int64_t kDaysMax = 200'000;

void put(const FigureKey& key, ByteWriter& bytes) {
  bytes.fixed(static_cast<uint8_t>(key.statistic));
  bytes.fixed(static_cast<uint8_t>(key.period.frequency));
  bytes.number(key.area.value);
  bytes.number(key.sector.value);
  bytes.signed_number(key.period.first.value);
}

// A byte says whether there is a figure.
void put(const std::optional<OfficialFigure>& figure, ByteWriter& bytes) {
  bytes.fixed(static_cast<uint8_t>(figure.has_value()));
  if (!figure) return;
  bytes.fixed(figure->value);
  bytes.signed_number(figure->vintage.value);
  bytes.fixed(static_cast<uint8_t>(figure->status));
}

bool get(ByteReader& in, const reference::Reference& reference, FigureKey& key) {
  auto const statistic = in.fixed<uint8_t>();
  auto const frequency = in.fixed<uint8_t>();
  uint64_t const area = in.number();
  uint64_t const sector = in.number();
  base::Days const first(in.narrow<int32_t>());
  key = {static_cast<domain::Statistic>(statistic),
         base::AreaId(static_cast<uint16_t>(area)),
         base::SectorId(static_cast<uint16_t>(sector)),
         {first, static_cast<domain::Frequency>(frequency)}};
  return !in.failed() && statistic > 0 && statistic < domain::kStatisticCount && frequency > 0 &&
         frequency <= domain::kFrequencyLast && area < reference.areas.size() &&
         sector < reference.sectors.size() && std::abs(int64_t{first.value}) <= kDaysMax;
}

bool get(ByteReader& in, std::optional<OfficialFigure>& figure) {
  auto const present = in.fixed<uint8_t>();
  if (present != 1) return !in.failed() && present == 0;
  figure.emplace();
  figure->value = in.fixed<double>();
  figure->vintage = base::Days(in.narrow<int32_t>());
  auto const status = in.fixed<uint8_t>();
  figure->status = static_cast<domain::FigureStatus>(status);
  return !in.failed() && std::abs(figure->value) <= domain::kFigureMax &&
         std::abs(int64_t{figure->vintage.value}) <= kDaysMax &&
         status < domain::kFigureStatusNames.size();
}

}  // namespace

absl::Status write(std::span<const KeptFigure> facts, FrameWriter& out) {
  Items items(out, Tag::kFigures, Pack::kBounded);
  for (const KeptFigure& kept : facts) {
    items.next().fixed(kept.fact.value);
    items.next().number(kept.sequence.value);
    put(kept.stated ? std::optional(kept.stated->second) : std::nullopt, items.next());
    if (kept.stated) put(kept.stated->first, items.next());
    BELLWETHER_RETURN_IF_ERROR(items.close_item());
  }
  return items.flush();
}

absl::Status write(std::span<const FigureChange> changes, FrameWriter& out) {
  Items items(out, Tag::kFigureChanges, Pack::kBounded);
  for (const FigureChange& change : changes) {
    items.next().fixed(change.fact.value);
    put(change.key, items.next());
    put(change.figure, items.next());
    BELLWETHER_RETURN_IF_ERROR(items.close_item());
  }
  return items.flush();
}

absl::Status write(const FigureTable& table, FrameWriter& out) {
  Items items(out, Tag::kFigureTable, Pack::kBounded);
  absl::Status status;
  table.each([&](const FigureTable::Place& place, const FigureTable::Versions& versions) {
    if (!status.ok()) return;
    items.next().fixed(place.second.value);
    put(place.first, items.next());
    items.next().number(versions.size());
    for (const FigureTable::Version& version : versions) {
      items.next().signed_number(version.tick.value);
      put(version.figure, items.next());
    }
    status = items.close_item();
  });
  BELLWETHER_RETURN_IF_ERROR(status);
  return items.flush();
}

absl::Status read(ByteReader in, const reference::Reference& reference,
                  std::vector<KeptFigure>& out) {
  while (!in.done()) {
    KeptFigure kept;
    kept.fact = base::FactId(in.fixed<uint64_t>());
    kept.sequence = base::SourceSequence(in.number());
    std::optional<OfficialFigure> figure;
    bool known = get(in, figure) && kept.sequence.value <= base::kSourceSequenceMax;
    if (known && figure)
      known = get(in, reference, kept.stated.emplace(FigureKey{}, *figure).first);
    if (in.failed() || !known) return wrong("a fact about an official figure");
    if (!out.empty() && out.back().fact >= kept.fact) return wrong("official figures out of order");
    if (out.size() >= ledger::kFiguresPerPartitionMax) return wrong("too many official figures");
    out.push_back(std::move(kept));
  }
  return absl::OkStatus();
}

absl::Status read(ByteReader in, const reference::Reference& reference,
                  std::vector<FigureChange>& out) {
  while (!in.done()) {
    FigureChange change;
    change.fact = base::FactId(in.fixed<uint64_t>());
    bool const known = get(in, reference, change.key) && get(in, change.figure);
    if (in.failed() || !known) return wrong("a change of an official figure");
    out.push_back(std::move(change));
  }
  return absl::OkStatus();
}

absl::Status read(ByteReader in, const reference::Reference& reference, base::PeriodIndex last,
                  FigureTable& out) {
  while (!in.done()) {
    base::FactId const fact(in.fixed<uint64_t>());
    FigureKey key;
    bool known = get(in, reference, key);
    uint64_t const size = known ? in.number() : 0;
    if (size > FigureTable::kTicksKept + 2) return wrong("too many versions of an official figure");
    FigureTable::Versions versions(size);
    for (FigureTable::Version& version : versions) {
      version.tick = base::PeriodIndex(in.narrow<int32_t>());
      known = known && version.tick <= last && get(in, version.figure);
    }
    if (in.failed() || !known || !out.restore({key, fact}, std::move(versions)))
      return wrong("an official figure");
  }
  return absl::OkStatus();
}

}  // namespace bellwether::snapshot
