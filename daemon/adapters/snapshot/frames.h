// Purpose: a snapshot's file is a run of frames, each with its own CRC-32C, so that whatever is
// torn, flipped or cut off is told by its place and never read as something else.
//   file   = magic "BWsnap\r\n", format u32, kind u32, frames, end frame
//   frame  = stored u32, raw u32, tag u8, packed u8, 0 u16, crc u32, `stored` bytes
//   crc    = CRC-32C (Castagnoli) over the 12 bytes before it and the stored bytes
//   packed = 1: the stored bytes are one zstd frame of `raw` bytes; 0: stored = raw
//   The end frame has tag 255 and holds the number of frames before it, u64. All numbers are
//   little-endian.
// A newer format than kFormat is refused; older ones are read for good: tests/data/snapshots keeps
// one of each. Whatever changes the bytes (fields of a frame, ledger::Fact, the bits of keys) or
// what they mean (reference_digest, a further tag, measure or event kind) raises kFormat, since an
// older build must refuse what it would misread. With it: the reader of the format before stays
// beside the new one, chosen by the format that the file bears; a snapshot of the new format is put
// beside the others (tests/data/snapshots/README.md says how); what stands there is never made
// anew. Errors: DataLoss for damage, Unimplemented for a newer format, FailedPrecondition for
// another kind; those of Disk. Thread safety: one thread each.
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
//   format 2: the alert book, and in the manifest where the journal goes on and what the figures
//   lack
inline constexpr uint32_t kFormat = 2;
enum class FileKind : uint32_t { kManifest = 1, kPartition = 2, kEvaluation = 3, kBook = 4 };
// Of the raw bytes in one frame; a frame that says more is damaged.
inline constexpr uint32_t kFrameBytesMax = 4 << 20;
inline constexpr uint8_t kEndTag = 255;

// What a packed frame is at most longer than what is stored of it, where the reader asks for that.
inline constexpr uint64_t kPackedRatioMax = 16;

// kYes: kept packed where it is smaller; kBounded: but no more than kPackedRatioMax times.
enum class Pack : uint8_t { kNo, kYes, kBounded };

class FrameWriter {
 public:
  FrameWriter(OutputFile& file, FileKind kind);
  absl::Status frame(uint8_t tag, std::string_view payload, Pack pack);
  // The end frame, and all of it onto the disk.
  absl::Status finish();
  uint64_t bytes() const { return bytes_; }

 private:
  absl::Status put(std::string_view bytes);
  OutputFile& file_;
  FileKind kind_;
  bool begun_ = false;
  uint64_t frames_ = 0;
  uint64_t bytes_ = 0;
  std::string packed_;
};

struct Frame {
  uint8_t tag = 0;
  uint32_t stored_bytes = 0;  // of the payload in the file
  std::string_view payload;   // until the next call
};

class FrameReader {
 public:
  FrameReader(const InputFile& file, FileKind kind) : file_(file), kind_(kind) {}
  // nullopt at the end frame, behind which nothing may stand.
  absl::StatusOr<std::optional<Frame>> next();
  // That the file bears; 0 before the first frame was read.
  uint32_t format() const { return format_; }
  // Bytes of the file that are not read yet.
  uint64_t left() const { return file_.size() - at_; }

 private:
  absl::Status begin();
  absl::Status damaged(std::string_view how) const;
  absl::StatusOr<std::string_view> read(size_t size, std::string& into);
  const InputFile& file_;
  FileKind kind_;
  uint32_t format_ = 0;
  uint64_t at_ = 0;
  uint64_t frames_ = 0;
  std::string header_;
  std::string stored_;
  std::string raw_;
};

}  // namespace bellwether::snapshot
