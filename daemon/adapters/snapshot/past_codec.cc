#include "adapters/snapshot/past_codec.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "adapters/snapshot/book_codec.h"
#include "adapters/snapshot/items.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::snapshot {
namespace {

using engine::PanelChange;
using engine::SharesByMeasure;

// The content of a change or a record follows in pieces of this size.
constexpr size_t kPieceBytes = 1 << 20;
static_assert(kPieceBytes < kFrameBytesMax);

absl::Status write_pieces(std::string_view bytes, Pack pack, FrameWriter& out) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kPieceBytes, bytes.size()))) {
    BELLWETHER_RETURN_IF_ERROR(
        out.frame(static_cast<uint8_t>(Tag::kPieces), bytes.substr(0, kPieceBytes), pack));
  }
  return absl::OkStatus();
}

void put(const SharesByMeasure& reported, ByteWriter& bytes) {
  bytes.number(reported.table().size());
  for (const SharesByMeasure::Shares& shares : reported.table()) {
    bytes.signed_number(shares.testable.value_or(-1));
    for (const auto* list : {&shares.open, &shares.log_variance}) {
      bytes.number(list->size());
      for (double x : *list) bytes.fixed(x);
    }
  }
}

bool get(ByteReader& in, size_t ages_max, SharesByMeasure::Shares& shares) {
  auto const testable = in.narrow<int32_t>();
  shares.testable = testable < 0 ? std::nullopt : std::optional<int>(testable);
  for (auto* list : {&shares.open, &shares.log_variance}) {
    uint64_t const size = in.number();
    if (in.failed() || size > ages_max) return false;
    for (uint64_t i = 0; i < size; ++i) list->push_back(in.fixed<double>());
    if (!std::ranges::all_of(*list, [](double x) { return std::isfinite(x); })) return false;
  }
  return !in.failed() && shares.open.size() == shares.log_variance.size() &&
         testable <= static_cast<int32_t>(ages_max);
}

absl::Status write(const PanelChange& change, FrameWriter& out) {
  ByteWriter head;
  head.signed_number(change.tick.value);
  head.signed_number(change.first_period.value);
  head.number(change.deltas.size());
  head.number(change.left.size());
  put(*change.reported, head);
  if (change.load) head.signed_number(change.load->value);
  BELLWETHER_RETURN_IF_ERROR(
      out.frame(static_cast<uint8_t>(Tag::kPanelChange), head.view(), Pack::kBounded));
  BELLWETHER_RETURN_IF_ERROR(write_pieces(change.deltas, Pack::kBounded, out));
  return write_pieces(change.left, Pack::kBounded, out);
}

absl::Status write(const PastRecord& record, FrameWriter& out) {
  ByteWriter head;
  head.signed_number(record.offset.value);
  head.fixed(static_cast<uint8_t>(record.tick.has_value()));
  head.signed_number(record.tick.value_or(base::PeriodIndex(0)).value);
  head.number(record.packed.size());
  BELLWETHER_RETURN_IF_ERROR(
      out.frame(static_cast<uint8_t>(Tag::kPastRecord), head.view(), Pack::kNo));
  return write_pieces(record.packed, Pack::kNo, out);
}

class PastReader {
 public:
  PastReader(const reference::Reference& reference, base::Calendar calendar)
      : reference_(reference), calendar_(calendar) {}

  absl::Status take(const Frame& frame, uint32_t format) {
    auto const tag = static_cast<Tag>(frame.tag);
    if (tag != Tag::kPieces && !awaited_.empty()) return wrong("a content without its end");
    if (BookFrames::is_of_book(tag)) return book_.take(frame, format);
    BELLWETHER_RETURN_IF_ERROR(check_packing(frame));
    switch (tag) {
      case Tag::kPanelChange:
        return begin_change(ByteReader(frame.payload));
      case Tag::kPastRecord:
        return begin_record(ByteReader(frame.payload));
      case Tag::kPieces:
        return add_piece(frame.payload);
      default:
        return wrong(base::cat("a frame of kind ", static_cast<int>(frame.tag)));
    }
  }
  absl::StatusOr<Past> past() {
    if (!awaited_.empty()) return wrong("a content without its end");
    Past out;
    for (const auto& change : changes_) {
      BELLWETHER_RETURN_IF_ERROR(engine::check(*change, reference_));
      out.changes.push_back(change);
    }
    if (!book_.begun()) {
      if (!records_.empty()) return wrong("records without a book before them");
      return out;
    }
    BELLWETHER_ASSIGN_OR_RETURN(alerts::Book book, book_.book(calendar_));
    if (!records_.empty() && records_.front()->offset <= book.offset())
      return wrong("a record before its book");
    out.book.before = std::make_shared<const alerts::Book>(std::move(book));
    out.book.records.assign(records_.begin(), records_.end());
    return out;
  }

 private:
  // The content of `to` follows in so many bytes.
  struct Awaited {
    std::string* to = nullptr;
    uint64_t bytes = 0;
  };
  void await(std::string& to, uint64_t bytes) {
    if (bytes > 0) awaited_.push_back({&to, bytes});
  }

  absl::Status begin_change(ByteReader in) {
    auto change = std::make_shared<PanelChange>();
    change->tick = base::PeriodIndex(in.narrow<int32_t>());
    change->first_period = base::PeriodIndex(in.narrow<int32_t>());
    uint64_t const deltas = in.number();
    uint64_t const left = in.number();
    SharesByMeasure::Table table;
    auto const ages_max = static_cast<size_t>(indicators::report_delay_max(calendar_)) + 1;
    // A build with fewer measures had no reports of the later ones.
    uint64_t const measures = in.number();
    if (measures > table.size()) return wrong("a change with unknown measures");
    for (size_t m = 0; m < measures; ++m) {
      if (!get(in, ages_max, table[m])) return wrong("the reporting shares of a change");
    }
    change->reported = std::make_shared<const SharesByMeasure>(std::move(table));
    // Only a change soon after the load of a register names it; earlier builds named none.
    if (!in.failed() && !in.done()) change->load = base::PeriodIndex(in.narrow<int32_t>());
    if (in.failed() || !in.done()) return wrong("a truncated change");
    if (!changes_.empty() && changes_.back()->tick.value + 1 != change->tick.value)
      return wrong("changes of ticks that do not follow each other");
    constexpr uint64_t kMost = engine::kPastPanelBytesMax;
    if (changes_.size() >= engine::kPastTicksMax || deltas > UINT32_MAX || left > UINT32_MAX ||
        (!changes_.empty() && (change_bytes_ += deltas + left) > kMost)) {
      return wrong("too many changes");
    }
    await(change->deltas, deltas);
    await(change->left, left);
    changes_.push_back(std::move(change));
    return absl::OkStatus();
  }
  absl::Status begin_record(ByteReader in) {
    auto record = std::make_shared<PastRecord>();
    record->offset = base::JournalOffset(in.signed_number());
    auto const is_tick = in.fixed<uint8_t>();
    base::PeriodIndex const tick(in.narrow<int32_t>());
    if (is_tick != 0) record->tick = tick;
    uint64_t const bytes = in.number();
    if (in.failed() || !in.done() || is_tick > 1) return wrong("a truncated record");
    if (records_.size() >= kPastRecordsMax || bytes > UINT32_MAX) return wrong("too many records");
    if (!records_.empty() && record->offset <= records_.back()->offset)
      return wrong("records out of order");
    await(record->packed, bytes);
    records_.push_back(std::move(record));
    return absl::OkStatus();
  }
  absl::Status add_piece(std::string_view bytes) {
    for (; !bytes.empty() && !awaited_.empty();) {
      Awaited& next = awaited_.front();
      size_t const n = std::min<size_t>(next.bytes, bytes.size());
      next.to->append(bytes.substr(0, n));
      next.bytes -= n;
      bytes.remove_prefix(n);
      if (next.bytes == 0) awaited_.erase(awaited_.begin());
    }
    return bytes.empty() ? absl::OkStatus() : wrong("content that nothing awaits");
  }

  const reference::Reference& reference_;
  base::Calendar calendar_;
  std::vector<std::shared_ptr<PanelChange>> changes_;
  uint64_t change_bytes_ = 0;
  BookFrames book_;
  std::vector<std::shared_ptr<PastRecord>> records_;
  std::vector<Awaited> awaited_;  // at most two
};

}  // namespace

absl::Status write(const Past& past, FrameWriter& out) {
  for (const auto& change : past.changes) BELLWETHER_RETURN_IF_ERROR(write(*change, out));
  if (past.book.before != nullptr) {
    BELLWETHER_RETURN_IF_ERROR(write_frames(*past.book.before, out));
    for (const auto& record : past.book.records) BELLWETHER_RETURN_IF_ERROR(write(*record, out));
  }
  return out.finish();
}

absl::StatusOr<Past> read_past(FrameReader& frames, const reference::Reference& reference,
                               base::Calendar calendar) {
  PastReader reader(reference, calendar);
  while (true) {
    BELLWETHER_ASSIGN_OR_RETURN(std::optional<Frame> const frame, frames.next());
    if (!frame) return reader.past();
    BELLWETHER_RETURN_IF_ERROR(reader.take(*frame, frames.format()));
  }
}

}  // namespace bellwether::snapshot
