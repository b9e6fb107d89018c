// Purpose: what the codecs of a snapshot's files share: the kinds of frames, runs of items in
// frames of some size, and what a frame may not hold. Thread safety: values; Items belongs to one
// thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "adapters/snapshot/bytes.h"
#include "adapters/snapshot/frames.h"
#include "core/base/text.h"

namespace bellwether::snapshot {

// Stored: append only.
enum class Tag : uint8_t {
  kManifest = 1,
  kPartition = 2,   // all of a partition's state that is short
  kDeltas = 3,      // of the open tick, or of the closed tick that stands before
  kReports = 4,     // as well; in an evaluation, of its triangle
  kTick = 5,        // a closed tick
  kRecords = 6,     // of the ledger
  kRecordsMax = 7,  // how many records there are, before the first
  kEvaluation = 8,
  kColumns = 9,  // of the panel
  kBook = 10,    // all of an alert book's state that is short
  kRules = 11,   // of its rule set
  kSilences = 12,
  kAlerts = 13,       // states of alerts, each once
  kTransitions = 14,  // by the place of the state that each left
  kKept = 15,         // alerts of the book, by the place of their state
};

inline constexpr size_t kFrameBytes = 256
                                      << 10;   // a frame is closed behind the item that reaches it
inline constexpr uint64_t kListMax = 1 << 20;  // of short lists; a longer one is a mistake

// Items of one kind in frames of some size.
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
  return absl::DataLossError(base::cat("the snapshot holds what cannot be: ", what));
}

inline uint64_t list_size(ByteReader& in) {
  return std::min(in.number(), kListMax);
}

// A frame that unpacks to more than kPackedRatioMax would take memory that the file's length does
// not bound. Of deltas and reports, 9 bytes and more whose keys differ cost at least a byte each,
// however well they pack (keys in a row pack 4 times smaller); alerts are written with
// Pack::kBounded. Columns may pack better: the panel bounds them.
inline absl::Status check_packing(const Frame& frame) {
  if (frame.payload.size() <= kPackedRatioMax * std::max<uint64_t>(frame.stored_bytes, 1)) {
    return absl::OkStatus();
  }
  return wrong(
      base::cat("a frame of ", frame.payload.size(), " bytes packed in ", frame.stored_bytes));
}

}  // namespace bellwether::snapshot
