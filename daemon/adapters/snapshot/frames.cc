#include "adapters/snapshot/frames.h"

#include <zstd.h>

#include "adapters/snapshot/crc32c.h"
#include "core/base/bytes.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::snapshot {
namespace {

using base::ByteReader;
using base::ByteWriter;

constexpr std::string_view kMagic("BWsnap\r\n", 8);
constexpr size_t kFileHeaderBytes = 16;
constexpr size_t kFrameHeaderBytes = 16;
constexpr size_t kCheckedHeaderBytes = 12;
constexpr uint32_t kFormatWithCheckedBegin = 3;
constexpr int kPackLevel = 1;  // fast rather than small, because snapshots are written often

}  // namespace

FrameWriter::FrameWriter(OutputFile& file, FileKind kind) : file_(file), kind_(kind) {}

absl::Status FrameWriter::put(std::string_view bytes) {
  bytes_ += bytes.size();
  return file_.append(bytes);
}

absl::Status FrameWriter::frame(uint8_t tag, std::string_view payload, Pack pack) {
  if (payload.size() > kFrameBytesMax) {
    return absl::InternalError(
        base::cat("a frame of ", payload.size(), " bytes; at most ", kFrameBytesMax));
  }
  if (!begun_) {
    begun_ = true;
    ByteWriter header;
    header.raw(kMagic.data(), kMagic.size());
    header.fixed(kFormat);
    header.fixed(static_cast<uint32_t>(kind_));
    crc_of_begin_ = crc32c(0, header.view());
    BELLWETHER_RETURN_IF_ERROR(put(header.view()));
  }
  std::string_view stored = payload;
  if (pack != Pack::kNo) {
    packed_.resize(ZSTD_compressBound(payload.size()));
    size_t const n =
        ZSTD_compress(packed_.data(), packed_.size(), payload.data(), payload.size(), kPackLevel);
    bool const keeps = !ZSTD_isError(n) && n < payload.size() &&
                       (pack != Pack::kBounded || n * kPackedRatioMax >= payload.size());
    if (keeps) stored = std::string_view(packed_).substr(0, n);
  }
  ByteWriter header;
  header.fixed(static_cast<uint32_t>(stored.size()));
  header.fixed(static_cast<uint32_t>(payload.size()));
  header.fixed(tag);
  header.fixed(static_cast<uint8_t>(stored.data() != payload.data()));
  header.fixed(uint16_t{0});
  header.fixed(crc32c(crc32c(crc_of_begin_, header.view()), stored));
  ++frames_;
  BELLWETHER_RETURN_IF_ERROR(put(header.view()));
  return put(stored);
}

absl::Status FrameWriter::finish() {
  ByteWriter end;
  end.fixed(frames_);
  BELLWETHER_RETURN_IF_ERROR(frame(kEndTag, end.view(), Pack::kNo));
  return file_.sync();
}

absl::Status FrameReader::damaged(std::string_view how) const {
  return absl::DataLossError(base::cat("damaged at frame ", frames_, ", byte ", at_, ": ", how));
}

absl::StatusOr<std::string_view> FrameReader::read(size_t size, std::string& into) {
  if (into.size() < size) into.resize(size);
  auto const n = file_.read(at_, std::span(into.data(), size));
  if (!n.ok()) return n.status();
  if (*n < size) return damaged("the file ends here");
  at_ += size;
  return std::string_view(into).substr(0, size);
}

absl::Status FrameReader::begin() {
  auto const header = read(kFileHeaderBytes, header_);
  if (!header.ok()) return header.status();
  if (!header->starts_with(kMagic)) return damaged("this is not a snapshot");
  ByteReader rest(header->substr(kMagic.size()));
  auto const format = rest.fixed<uint32_t>();
  auto const kind = rest.fixed<uint32_t>();
  if (format == 0) return damaged("format 0");
  if (format > kFormat) {
    return absl::UnimplementedError(
        base::cat("format ", format, " is newer than this build reads (", kFormat, "): update it"));
  }
  if (kind != static_cast<uint32_t>(kind_)) {
    return absl::FailedPreconditionError(base::cat("a file of kind ", kind, " instead of ",
                                                   static_cast<uint32_t>(kind_), " belongs"));
  }
  format_ = format;
  if (format >= kFormatWithCheckedBegin) crc_of_begin_ = crc32c(0, *header);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Frame>> FrameReader::next() {
  if (format_ == 0) BELLWETHER_RETURN_IF_ERROR(begin());
  uint64_t const start = at_;
  auto const header = read(kFrameHeaderBytes, header_);
  if (!header.ok()) return header.status();
  ByteReader fields(*header);
  auto const stored_size = fields.fixed<uint32_t>();
  auto const raw_size = fields.fixed<uint32_t>();
  Frame frame;
  frame.tag = fields.fixed<uint8_t>();
  bool const packed = fields.fixed<uint8_t>() != 0;
  fields.fixed<uint16_t>();
  auto const crc = fields.fixed<uint32_t>();
  if (stored_size > kFrameBytesMax || raw_size > kFrameBytesMax ||
      start + stored_size > file_.size()) {
    return damaged("a frame that is too long");
  }
  auto const stored = read(stored_size, stored_);
  if (!stored.ok()) return stored.status();
  if (crc32c(crc32c(crc_of_begin_, header->substr(0, kCheckedHeaderBytes)), *stored) != crc)
    return damaged("the checksum differs");
  frame.stored_bytes = stored_size;
  frame.payload = *stored;
  if (packed) {
    if (raw_.size() < raw_size) raw_.resize(raw_size);
    size_t const n = ZSTD_decompress(raw_.data(), raw_size, stored->data(), stored->size());
    if (ZSTD_isError(n) || n != raw_size) return damaged("the packed bytes cannot be unpacked");
    frame.payload = std::string_view(raw_).substr(0, raw_size);
  } else if (stored_size != raw_size) {
    return damaged("the stored and raw lengths differ");
  }
  if (frame.tag == kEndTag) {
    ByteReader end(frame.payload);
    if (end.fixed<uint64_t>() != frames_ || end.failed() || !end.done())
      return damaged("frames are missing");
    if (at_ != file_.size()) return damaged("bytes follow the end frame");
    return std::optional<Frame>();
  }
  ++frames_;
  return std::optional<Frame>(frame);
}

}  // namespace bellwether::snapshot
