// Purpose: the common parts of the codecs of a snapshot's files: the kinds of frames, sequences of
// items in frames of limited size, and limits on a frame's content.
// Thread safety: values; Items belongs to one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "adapters/snapshot/frames.h"
#include "core/base/bytes.h"
#include "core/base/text.h"

namespace bellwether::snapshot {

using base::ByteReader;
using base::ByteWriter;

// Values are stored in files: only append.
enum class Tag : uint8_t {
  kManifest = 1,
  kPartition = 2,   // the short parts of a partition's state
  kDeltas = 3,      // of the open tick, or of the closed tick before them
  kReports = 4,     // like kDeltas; in an evaluation, the reports of the evaluation
  kTick = 5,        // a closed tick
  kRecords = 6,     // of the ledger
  kRecordsMax = 7,  // the number of records, before the first
  kEvaluation = 8,
  kColumns = 9,  // of the panel
  kBook = 10,    // the short parts of an alert book's state
  kRules = 11,   // of the book's rule set
  kSilences = 12,
  kAlerts = 13,         // states of alerts, each once
  kTransitions = 14,    // each with the index of the alert state that it produced
  kKept = 15,           // the alerts of the book, by the index of their state
  kSpecialDays = 16,    // of the book's rule set, after its rules
  kPanelChange = 17,    // the head of a tick's change of the panel; its content follows in pieces
  kPastRecord = 18,     // the head of a journal record, in the same way
  kPieces = 19,         // content that belongs to the last head
  kFigures = 20,        // facts about official figures, of a partition
  kFigureChanges = 21,  // like kDeltas
  kFigureTable = 22,    // figures with their versions, of an evaluation
};

inline constexpr size_t kFrameBytes = 256
                                      << 10;   // a frame ends after the item that reaches this size
inline constexpr uint64_t kListMax = 1 << 20;  // limit of short lists; a longer list is a mistake

// Writes items of one kind in frames of limited size.
class Items {
 public:
  Items(FrameWriter& out, Tag tag, Pack pack)
      : out_(out), tag_(static_cast<uint8_t>(tag)), pack_(pack) {}
  ByteWriter& next() { return bytes_; }
  absl::Status close_item() { return bytes_.size() >= kFrameBytes ? flush() : absl::OkStatus(); }
  absl::Status flush() {
    if (bytes_.size() == 0) return absl::OkStatus();
    absl::Status const done = out_.frame(tag_, bytes_.view(), pack_);
    bytes_.clear();
    return done;
  }

 private:
  FrameWriter& out_;
  uint8_t tag_;
  Pack pack_;
  ByteWriter bytes_;
};

inline absl::Status wrong(std::string_view what) {
  return absl::DataLossError(base::cat("the snapshot has impossible content: ", what));
}

inline uint64_t list_size(ByteReader& in) {
  return std::min(in.number(), kListMax);
}

// A frame that unpacks to more than kPackedRatioMax times its size would need memory that the
// file's length does not limit. Deltas and reports have 9 bytes or more and different keys, so each
// costs at least one stored byte, however well they pack (consecutive keys pack to a quarter).
// Alerts are written with Pack::kBounded. Columns may pack better, because the panel limits them.
inline absl::Status check_packing(const Frame& frame) {
  if (frame.payload.size() <= kPackedRatioMax * std::max<uint64_t>(frame.stored_bytes, 1)) {
    return absl::OkStatus();
  }
  return wrong(
      base::cat("a frame of ", frame.payload.size(), " bytes packed in ", frame.stored_bytes));
}

}  // namespace bellwether::snapshot
