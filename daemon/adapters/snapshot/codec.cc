#include "adapters/snapshot/codec.h"

#include <algorithm>

#include "adapters/snapshot/fields_io.h"
#include "adapters/snapshot/figure_codec.h"
#include "adapters/snapshot/image_fields.h"
#include "adapters/snapshot/items.h"
#include "core/base/bytes.h"
#include "core/base/hash.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "core/ledger/pairs.h"

namespace bellwether::snapshot {
namespace {

using base::Offset;
using base::PeriodIndex;
using indicators::Delta;
using indicators::DeltaKey;
using indicators::Measure;
using indicators::Report;
using ledger::Fact;

constexpr uint32_t kClassesFormat = 3;  // the first format with classes
constexpr size_t kRecordBytesMin = sizeof(uint64_t) + 1;
constexpr int32_t kHistoryMax = 20'000;  // number of periods before 1970 in a panel
// The longest item is a record of kFactsPerBusinessMax facts.
static_assert(kFrameBytes + ledger::kFactsPerBusinessMax * sizeof(Fact) + 64 < kFrameBytesMax);

// The last period that can have a count: that of the end of what goes on longest after the last day
// of a fact.
PeriodIndex last_period(base::Calendar calendar) {
  constexpr int32_t kLongest =
      std::max({ledger::kSupportedDays, ledger::kGrownDays, ledger::kOverdueDaysMax + 1});
  return calendar.period_of(base::Days(ledger::kDayLast + kLongest));
}

// ---- deltas and reports

// Deltas and reports come from hash maps. Sorted by key, the same state gives the same bytes.
template <class Item>
std::vector<Item> by_key(std::span<const Item> items) {
  std::vector<Item> out(items.begin(), items.end());
  std::ranges::stable_sort(out, {}, [](const Item& item) { return item.key.bits(); });
  return out;
}

absl::Status write(std::span<const Delta> deltas, FrameWriter& out) {
  Items items(out, Tag::kDeltas, Pack::kYes);
  for (const Delta& d : by_key(deltas)) {
    items.next().fixed(d.key.bits());
    items.next().signed_number(d.amount);
    BELLWETHER_RETURN_IF_ERROR(items.close_item());
  }
  return items.flush();
}

absl::Status write(std::span<const Report> reports, FrameWriter& out) {
  Items items(out, Tag::kReports, Pack::kYes);
  for (const Report& r : by_key(reports)) {
    items.next().fixed(r.key.bits());
    items.next().signed_number(r.amount);
    BELLWETHER_RETURN_IF_ERROR(items.close_item());
  }
  return items.flush();
}

// Before format 3, a delta had no class and a period of 24 bits.
// nullopt: a period that a key cannot hold now.
std::optional<DeltaKey> without_class(uint64_t bits) {
  constexpr int32_t kBiasBefore = 1 << 23;
  int32_t const period = static_cast<int32_t>(bits & 0xffffff) - kBiasBefore;
  if (period <= -DeltaKey::kPeriodBias || period >= DeltaKey::kPeriodBias) return std::nullopt;
  uint64_t const cell = bits >> 32 << 32;
  uint64_t const measure = bits >> 24 & 0xff;
  return DeltaKey::from_bits(cell | measure << 20).in(PeriodIndex(period));
}
// Before format 3, a fact had an id of 64 bits and no detail.
uint64_t without_detail(uint64_t id) {
  return id >> 16;
}

absl::Status read_deltas(ByteReader in, uint32_t format, const reference::Reference& reference,
                         PeriodIndex last, std::vector<Delta>& out) {
  while (!in.done()) {
    auto const bits = in.fixed<uint64_t>();
    std::optional<DeltaKey> const known =
        format < kClassesFormat ? without_class(bits) : DeltaKey::from_bits(bits);
    int64_t const amount = in.signed_number();
    if (in.failed()) return wrong("a truncated delta");
    if (!known || !is_possible(*known) || known->cell().area.value >= reference.areas.size() ||
        known->cell().sector.value >= reference.sectors.size() || known->period() > last) {
      return wrong("a delta of an unknown cell");
    }
    out.push_back({*known, amount});
  }
  return absl::OkStatus();
}

absl::Status read_reports(ByteReader in, std::vector<Report>& out) {
  while (!in.done()) {
    auto const key = indicators::ReportKey::from_bits(in.fixed<uint64_t>());
    int64_t const amount = in.signed_number();
    if (in.failed()) return wrong("a truncated report");
    if (static_cast<size_t>(key.measure) >= domain::kMeasureCount)
      return wrong("a report of an unknown measure");
    out.push_back({key, amount});
  }
  return absl::OkStatus();
}

// ---- partitions

absl::Status write_tick(const engine::PartitionTick& tick, FrameWriter& out) {
  ByteWriter bytes;
  FieldWriter(bytes).put(tick);
  BELLWETHER_RETURN_IF_ERROR(out.frame(static_cast<uint8_t>(Tag::kTick), bytes.view(), Pack::kNo));
  BELLWETHER_RETURN_IF_ERROR(write(tick.deltas, out));
  BELLWETHER_RETURN_IF_ERROR(write(tick.figures, out));
  return write(tick.reports, out);
}

absl::Status read_tick(ByteReader in, uint32_t format, RestoredPartition& out) {
  engine::PartitionTick& tick = out.state.ready.emplace_back();
  FieldReader io(in, format);
  io.get(tick);
  if (io.failed() || !in.done() || tick.cut.size() != out.state.inputs.size())
    return wrong("a closed tick");
  return absl::OkStatus();
}

void put_state(const PartitionImage& p, ByteWriter& bytes) {
  FieldWriter io(bytes);
  io.put(p.state.open_tick.has_value());
  io.put(p.state.open_tick.value_or(PeriodIndex(0)));
  io.put(p.state.heartbeat_reach);
  io.put(p.state.complete_to);
  io.put(p.state.inputs.size());
  for (size_t i = 0; i < p.state.inputs.size(); ++i) {
    io.put(p.state.inputs[i]);
    io.put(p.state.crossings[i]);
    io.put(p.marks[i]);
  }
}

absl::StatusOr<RestoredPartition> read_state(ByteReader in, uint32_t format,
                                             const reference::Reference& reference,
                                             base::Calendar calendar) {
  RestoredPartition out{{}, {}, ledger::Ledger(calendar, reference)};
  FieldReader io(in, format);
  bool open = false;
  PeriodIndex tick;
  io.get(open);
  io.get(tick);
  if (open) out.state.open_tick = tick;
  io.get(out.state.heartbeat_reach);
  io.get(out.state.complete_to);
  for (uint64_t n = list_size(in); n > 0 && !io.failed(); --n) {
    io.get(out.state.inputs.emplace_back());
    io.get(out.state.crossings.emplace_back());
    io.get(out.marks.emplace_back());
  }
  if (io.failed() || !in.done() || out.state.inputs.empty())
    return wrong("the state of a partition");
  return out;
}

absl::Status write_records(const ledger::FrozenLedger& ledger, FrameWriter& out) {
  ByteWriter size;
  size.number(ledger.size());
  BELLWETHER_RETURN_IF_ERROR(
      out.frame(static_cast<uint8_t>(Tag::kRecordsMax), size.view(), Pack::kNo));
  // Keys and ids are hashes: compressing them takes time and saves little space.
  Items items(out, Tag::kRecords, Pack::kNo);
  absl::Status status;
  ledger.each([&](base::BusinessKey key, bool unregistered, std::span<const Fact> facts) {
    if (!status.ok()) return;
    items.next().fixed(key.value);
    items.next().number(uint64_t{facts.size()} << 1 | uint64_t{unregistered});
    items.next().raw(facts.data(), facts.size_bytes());
    status = items.close_item();
  });
  BELLWETHER_RETURN_IF_ERROR(status);
  return items.flush();
}

// A fact is stored with its layout in memory: id in 48 bits and detail in 16; sequence in 48 bits
// and day in 16; area u16; sector in 12 bits and size in 4; kind u8; code u8; extra u16. Some kinds
// have a value instead of area, sector and size.
bool possible(const Fact& f, const reference::Reference& reference) {
  if (static_cast<size_t>(f.kind) >= domain::kKindCount || !ledger::has_known_classes(f))
    return false;
  if (ledger::has_value(f.kind)) return true;
  // The size of an interaction is its type.
  bool const has_size = !f.is_interaction() && f.size != Fact::kSizeUnstated;
  if (has_size && f.size >= domain::kSizeBands.size()) return false;
  return (f.area < reference.areas.size() || f.area == events::kNoArea.value ||
          !f.states_place()) &&
         (f.sector < reference.sectors.size() || f.sector == Fact::kSectorUnstated);
}

class RecordReader {
 public:
  RecordReader(uint32_t format, const reference::Reference& reference, ledger::Ledger& ledger)
      : format_(format), reference_(reference), ledger_(ledger) {}

  absl::Status read(ByteReader in) {
    found_.clear();
    while (!in.done()) {
      Found f;
      f.key = base::BusinessKey(in.fixed<uint64_t>());
      uint64_t const head = in.number();
      f.unregistered = (head & 1) != 0;
      f.count = head >> 1;
      if (f.count > ledger::kFactsPerBusinessMax) return wrong("a business with too many facts");
      f.facts = in.take(f.count * sizeof(Fact));
      if (in.failed()) return wrong("a truncated record");
      found_.push_back(f);
    }
    for (size_t i = 0; i < found_.size(); ++i) {
      if (i + kAhead < found_.size()) ledger_.prefetch(found_[i + kAhead].key);
      BELLWETHER_RETURN_IF_ERROR(restore(found_[i]));
    }
    return absl::OkStatus();
  }

 private:
  static constexpr size_t kAhead = 16;
  struct Found {
    base::BusinessKey key;
    bool unregistered = false;
    uint64_t count = 0;
    const char* facts = nullptr;
  };
  absl::Status restore(const Found& f) {
    facts_.resize(f.count);
    if (f.count > 0)
      std::memcpy(static_cast<void*>(facts_.data()), f.facts, f.count * sizeof(Fact));
    for (Fact& fact : facts_) {
      if (format_ < kClassesFormat) drop_detail(fact);
      if (!possible(fact, reference_))
        return wrong("a fact with an unknown area, sector, class or kind");
    }
    if (!ledger_.restore(f.key, f.unregistered, facts_))
      return wrong("a duplicate business, or its facts out of order");
    return absl::OkStatus();
  }

  static void drop_detail(Fact& fact) {
    uint64_t id = 0;
    std::memcpy(&id, &fact, sizeof(id));
    id = without_detail(id);
    std::memcpy(static_cast<void*>(&fact), &id, sizeof(id));
  }

  uint32_t format_;
  const reference::Reference& reference_;
  ledger::Ledger& ledger_;
  std::vector<Found> found_;
  std::vector<Fact> facts_;
};

// ---- evaluation

absl::Status write_columns(const indicators::Panel& panel, FrameWriter& out) {
  Items items(out, Tag::kColumns, Pack::kYes);
  absl::Status status;
  panel.each(
      [&](Measure measure, size_t node, int64_t opening, const std::vector<int64_t>& counts) {
        if (!status.ok()) return;
        ByteWriter& bytes = items.next();
        bytes.fixed(static_cast<uint8_t>(measure));
        bytes.number(node);
        bytes.signed_number(opening);
        bytes.number(counts.size());
        for (int64_t n : counts) bytes.signed_number(n);
        status = items.close_item();
      });
  BELLWETHER_RETURN_IF_ERROR(status);
  return items.flush();
}

absl::Status read_columns(ByteReader in, indicators::Panel& panel) {
  int64_t const size_max =
      int64_t{last_period(panel.calendar()).value} - panel.first_period().value + 1;
  std::vector<int64_t> counts;
  while (!in.done()) {
    auto const measure = in.fixed<uint8_t>();
    uint64_t const node = in.number();
    int64_t const opening = in.signed_number();
    uint64_t const size = in.number();
    if (in.failed() || measure >= domain::kMeasureCount || size > in.left())
      return wrong("a truncated series");
    if (static_cast<int64_t>(size) > size_max) return wrong("a series with too many periods");
    counts.resize(size);
    in.signed_numbers(counts);
    if (in.failed()) return wrong("a truncated series");
    if (!panel.restore(static_cast<Measure>(measure), node, opening, counts))
      return wrong("a series of an unknown node");
  }
  return absl::OkStatus();
}

}  // namespace

std::string reference_digest(const reference::Reference& reference) {
  uint64_t digest = 1;
  auto const add = [&](std::string_view text) { digest = base::hash64(text, digest); };
  for (size_t i = 0; i < reference.areas.size(); ++i) {
    const reference::Area& a = reference.areas.at(base::AreaId(static_cast<uint16_t>(i)));
    add(a.code);
    add(a.level);
    for (const std::string& former : a.former) add(former);
    for (const reference::AreaAncestor& above :
         reference.areas.ancestors(base::AreaId(static_cast<uint16_t>(i)))) {
      add(base::cat(above.area.value));
    }
  }
  for (size_t i = 0; i < reference.sectors.size(); ++i) {
    const reference::Sector& s = reference.sectors.at(base::SectorId(static_cast<uint16_t>(i)));
    add(s.code);
    add(s.level);
    for (base::SectorId above :
         reference.sectors.ancestors(base::SectorId(static_cast<uint16_t>(i)))) {
      add(base::cat(above.value));
    }
  }
  return base::hex16(digest);
}

std::string codes_digest(const reference::Reference& reference) {
  return base::hex16(base::mix64(reference.postcodes.digest()) + reference.sectors.codes_digest() +
                     reference.mass.digest());
}

absl::Status write(const Manifest& m, FrameWriter& out) {
  ByteWriter bytes;
  FieldWriter(bytes).put(m);
  BELLWETHER_RETURN_IF_ERROR(
      out.frame(static_cast<uint8_t>(Tag::kManifest), bytes.view(), Pack::kNo));
  return out.finish();
}

absl::StatusOr<Manifest> read_manifest(FrameReader& frames) {
  BELLWETHER_ASSIGN_OR_RETURN(std::optional<Frame> const frame, frames.next());
  if (!frame || frame->tag != static_cast<uint8_t>(Tag::kManifest)) return wrong("no manifest");
  ByteReader in(frame->payload);
  FieldReader io(in, frames.format());
  Manifest m;
  io.get(m);
  if (io.failed() || !in.done()) return wrong("a truncated manifest");
  BELLWETHER_ASSIGN_OR_RETURN(std::optional<Frame> const end, frames.next());
  if (end) return wrong("more than one manifest");
  return m;
}

absl::Status write(const PartitionImage& p, FrameWriter& out) {
  ByteWriter bytes;
  put_state(p, bytes);
  BELLWETHER_RETURN_IF_ERROR(
      out.frame(static_cast<uint8_t>(Tag::kPartition), bytes.view(), Pack::kNo));
  BELLWETHER_RETURN_IF_ERROR(write(p.state.deltas, out));
  BELLWETHER_RETURN_IF_ERROR(write(p.state.reports, out));
  BELLWETHER_RETURN_IF_ERROR(write(p.state.figures, out));
  BELLWETHER_RETURN_IF_ERROR(write(p.state.figure_changes, out));
  for (const engine::PartitionTick& tick : p.state.ready)
    BELLWETHER_RETURN_IF_ERROR(write_tick(tick, out));
  BELLWETHER_RETURN_IF_ERROR(write_records(p.ledger, out));
  return out.finish();
}

absl::StatusOr<RestoredPartition> read_partition(FrameReader& frames,
                                                 const reference::Reference& reference,
                                                 base::Calendar calendar) {
  BELLWETHER_ASSIGN_OR_RETURN(std::optional<Frame> frame, frames.next());
  if (!frame || frame->tag != static_cast<uint8_t>(Tag::kPartition)) return wrong("no partition");
  BELLWETHER_ASSIGN_OR_RETURN(
      RestoredPartition out,
      read_state(ByteReader(frame->payload), frames.format(), reference, calendar));
  std::optional<RecordReader> records;
  while (true) {
    BELLWETHER_ASSIGN_OR_RETURN(frame, frames.next());
    if (!frame) break;
    BELLWETHER_RETURN_IF_ERROR(check_packing(*frame));
    ByteReader in(frame->payload);
    // Deltas, reports and changes of figures that follow a closed tick belong to that tick.
    engine::PartitionTick* const tick = out.state.ready.empty() ? nullptr : &out.state.ready.back();
    switch (static_cast<Tag>(frame->tag)) {
      case Tag::kDeltas:
        BELLWETHER_RETURN_IF_ERROR(read_deltas(in, frames.format(), reference,
                                               last_period(calendar),
                                               tick != nullptr ? tick->deltas : out.state.deltas));
        break;
      case Tag::kReports:
        BELLWETHER_RETURN_IF_ERROR(
            read_reports(in, tick != nullptr ? tick->reports : out.state.reports));
        break;
      case Tag::kFigures:
        BELLWETHER_RETURN_IF_ERROR(read(in, reference, out.state.figures));
        break;
      case Tag::kFigureChanges:
        BELLWETHER_RETURN_IF_ERROR(
            read(in, reference, tick != nullptr ? tick->figures : out.state.figure_changes));
        break;
      case Tag::kTick:
        BELLWETHER_RETURN_IF_ERROR(read_tick(in, frames.format(), out));
        break;
      case Tag::kRecordsMax: {
        uint64_t const size = in.number();
        if (in.failed() || size > frames.left() / kRecordBytesMin)
          return wrong("the number of records");
        out.ledger.reserve(size);
        records.emplace(frames.format(), reference, out.ledger);
        break;
      }
      case Tag::kRecords:
        if (!records) return wrong("records without their number");
        BELLWETHER_RETURN_IF_ERROR(records->read(in));
        break;
      default:
        return wrong(base::cat("a frame of kind ", static_cast<int>(frame->tag)));
    }
  }
  if (!records) return wrong("no records");
  return out;
}

absl::Status write(const engine::EvaluatorState& e, FrameWriter& out) {
  ByteWriter bytes;
  bytes.signed_number(e.tick.value);
  bytes.fixed(e.cells_digest);
  bytes.signed_number(e.panel->first_period().value);
  BELLWETHER_RETURN_IF_ERROR(
      out.frame(static_cast<uint8_t>(Tag::kEvaluation), bytes.view(), Pack::kNo));
  BELLWETHER_RETURN_IF_ERROR(write(e.reports, out));
  BELLWETHER_RETURN_IF_ERROR(write_columns(*e.panel, out));
  BELLWETHER_RETURN_IF_ERROR(write(*e.panel->figure_table(), out));
  return out.finish();
}

absl::StatusOr<RestoredEvaluation> read_evaluation(FrameReader& frames,
                                                   const reference::Reference& reference,
                                                   base::Calendar calendar) {
  BELLWETHER_ASSIGN_OR_RETURN(std::optional<Frame> frame, frames.next());
  if (!frame || frame->tag != static_cast<uint8_t>(Tag::kEvaluation)) return wrong("no evaluation");
  ByteReader in(frame->payload);
  PeriodIndex const tick(in.narrow<int32_t>());
  auto const digest = in.fixed<uint64_t>();
  PeriodIndex const first(in.narrow<int32_t>());
  if (in.failed() || !in.done()) return wrong("a truncated evaluation");
  if (tick > last_period(calendar) || first > tick || first.value < -kHistoryMax) {
    return wrong("an evaluation of an impossible period");
  }
  RestoredEvaluation out{tick, indicators::Panel(reference, calendar, first), {}, digest};
  auto const figures = std::make_shared<indicators::FigureTable>();
  out.panel.set_figures(figures, tick);
  while (true) {
    BELLWETHER_ASSIGN_OR_RETURN(frame, frames.next());
    if (!frame) return out;
    switch (static_cast<Tag>(frame->tag)) {
      case Tag::kReports:
        BELLWETHER_RETURN_IF_ERROR(check_packing(*frame));
        BELLWETHER_RETURN_IF_ERROR(read_reports(ByteReader(frame->payload), out.reports));
        break;
      case Tag::kFigureTable:
        BELLWETHER_RETURN_IF_ERROR(check_packing(*frame));
        BELLWETHER_RETURN_IF_ERROR(read(ByteReader(frame->payload), reference, tick, *figures));
        break;
      case Tag::kColumns:
        BELLWETHER_RETURN_IF_ERROR(read_columns(ByteReader(frame->payload), out.panel));
        break;
      default:
        return wrong(base::cat("a frame of kind ", static_cast<int>(frame->tag)));
    }
  }
}

}  // namespace bellwether::snapshot
