// Purpose: a snapshot's file is a sequence of frames, each with its own CRC-32C. Bytes that are
// torn, flipped or cut off are reported with their position and never read as other data.
//   file   = magic "BWsnap\r\n", format u32, kind u32, frames, end frame
//   frame  = stored u32, raw u32, tag u8, packed u8, 0 u16, crc u32, `stored` bytes
//   crc    = CRC-32C (Castagnoli) over the 16 bytes before the first frame (from format 3 on), the
//            12 bytes before it and the stored bytes
//   packed = 1: the stored bytes are one zstd frame of `raw` bytes; 0: stored = raw
//   The end frame has tag 255 and holds the number of frames before it, u64. All numbers are
//   little-endian.
// A format newer than kFormat is refused. All older formats stay readable: tests/data/snapshots
// keeps a snapshot of each. A change of the bytes (fields of a frame, ledger::Fact, the bits of
// keys) or of their meaning (reference_digest, a new tag, measure or event kind) raises kFormat,
// because an older build must refuse data that it would misread. When kFormat is raised, the reader
// of the previous format is kept next to the new one and is chosen by the format in the file. A
// snapshot of the new format is added to tests/data/snapshots (its README.md says how). The
// snapshots there are never generated again. Errors: DataLoss for damage, Unimplemented for a newer
// format, FailedPrecondition for another kind, and those of Disk.
// Thread safety: one thread each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/snapshot/disk.h"

namespace bellwether::snapshot {

//   format 1: no alert book
//   format 2: the alert book; the manifest also holds the journal offset to resume from and the
//   records that the figures lack
//   format 3: the special days of a rule set have a frame, if there are any; checksums cover the
//   format, because a file of format 3 with a flipped bit would be read as one of an older format
//   format 3 also: the identity holds the version of the figures and the digest of the codes; the
//   evidence of an alert holds the length of its window and what decided, an alert its suspended
//   ticks, a rule set the stated false alarms; a file holds the past of panel and book; official
//   figures have frames, if there are any; facts and deltas hold classes, so the id of a fact has
//   48 bits and the period of a delta 20; series of classes have numbers from that of the nodes on
inline constexpr uint32_t kFormat = 3;
enum class FileKind : uint32_t {
  kManifest = 1,
  kPartition = 2,
  kEvaluation = 3,
  kBook = 4,
  kPast = 5
};
// Limit of the raw bytes in one frame. A frame with a larger length is damaged.
inline constexpr uint32_t kFrameBytesMax = 4 << 20;
inline constexpr uint8_t kEndTag = 255;

// Limit of the ratio of raw bytes to stored bytes, for frames whose reader checks it.
inline constexpr uint64_t kPackedRatioMax = 16;

// kYes: stored packed if that is smaller. kBounded: the same, but not if the ratio exceeds
// kPackedRatioMax.
enum class Pack : uint8_t { kNo, kYes, kBounded };

class FrameWriter {
 public:
  FrameWriter(OutputFile& file, FileKind kind);
  absl::Status frame(uint8_t tag, std::string_view payload, Pack pack);
  // Writes the end frame and syncs the file to disk.
  absl::Status finish();
  uint64_t bytes() const { return bytes_; }

 private:
  absl::Status put(std::string_view bytes);
  OutputFile& file_;
  FileKind kind_;
  bool begun_ = false;
  uint32_t crc_of_begin_ = 0;
  uint64_t frames_ = 0;
  uint64_t bytes_ = 0;
  std::string packed_;
};

struct Frame {
  uint8_t tag = 0;
  uint32_t stored_bytes = 0;  // bytes of the payload in the file
  std::string_view payload;   // valid until the next call
};

class FrameReader {
 public:
  FrameReader(const InputFile& file, FileKind kind) : file_(file), kind_(kind) {}
  // The next frame; nullopt at the end frame. No bytes may follow the end frame.
  absl::StatusOr<std::optional<Frame>> next();
  // The format of the file; 0 before the first frame was read.
  uint32_t format() const { return format_; }
  // The bytes of the file that are not read yet.
  uint64_t left() const { return file_.size() - at_; }

 private:
  absl::Status begin();
  absl::Status damaged(std::string_view how) const;
  absl::StatusOr<std::string_view> read(size_t size, std::string& into);
  const InputFile& file_;
  FileKind kind_;
  uint32_t format_ = 0;
  uint32_t crc_of_begin_ = 0;  // 0 if checksums do not cover it
  uint64_t at_ = 0;
  uint64_t frames_ = 0;
  std::string header_;
  std::string stored_;
  std::string raw_;
};

}  // namespace bellwether::snapshot
