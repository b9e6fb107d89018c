#include "cli/client/packed_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::cli {
namespace {

constexpr size_t kBufferBytes = 64 << 10;

}  // namespace

absl::StatusOr<PackedFile> PackedFile::create(const std::string& path, bool packed) {
  std::string const unfinished = base::cat(path, kUnfinished);
  std::FILE* const file = path.empty() ? stdout : std::fopen(unfinished.c_str(), "wb");
  if (file == nullptr) {
    return absl::PermissionDeniedError(
        base::cat(unfinished, " cannot be created: ", std::strerror(errno)));
  }
  return PackedFile(file, path, packed);
}

PackedFile::PackedFile(std::FILE* file, std::string path, bool packed)
    : file_(file), path_(std::move(path)) {
  if (!packed) return;
  packer_.reset(ZSTD_createCCtx());
  ZSTD_CCtx_setParameter(packer_.get(), ZSTD_c_checksumFlag, 1);
  buffer_.resize(std::max(kBufferBytes, ZSTD_CStreamOutSize()));
}

PackedFile::PackedFile(PackedFile&& other) noexcept
    : file_(std::exchange(other.file_, nullptr)),
      path_(std::move(other.path_)),
      packer_(std::move(other.packer_)),
      buffer_(std::move(other.buffer_)) {}

PackedFile::~PackedFile() {
  if (file_ == nullptr || path_.empty()) return;
  (void)std::fclose(file_);
  (void)std::remove(base::cat(path_, kUnfinished).c_str());
}

absl::Status PackedFile::failed(const char* what) const {
  return absl::DataLossError(
      base::cat(path_.empty() ? "standard output" : path_, ": ", what, ": ", std::strerror(errno)));
}

absl::Status PackedFile::put(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) == bytes.size()) return absl::OkStatus();
  return failed("cannot be written");
}

absl::Status PackedFile::pack(std::string_view text, ZSTD_EndDirective end) {
  ZSTD_inBuffer in{text.data(), text.size(), 0};
  while (true) {
    ZSTD_outBuffer out{buffer_.data(), buffer_.size(), 0};
    size_t const left = ZSTD_compressStream2(packer_.get(), &out, &in, end);
    if (ZSTD_isError(left) != 0) return failed(ZSTD_getErrorName(left));
    BELLWETHER_RETURN_IF_ERROR(put({buffer_.data(), out.pos}));
    if (end == ZSTD_e_end ? left == 0 : in.pos == in.size) return absl::OkStatus();
  }
}

absl::Status PackedFile::write(std::string_view text) {
  return packer_ == nullptr ? put(text) : pack(text, ZSTD_e_continue);
}

absl::Status PackedFile::close() {
  if (packer_ != nullptr) BELLWETHER_RETURN_IF_ERROR(pack({}, ZSTD_e_end));
  if (std::fflush(file_) != 0) return failed("cannot be written");
  if (path_.empty()) return absl::OkStatus();
  if (std::fclose(std::exchange(file_, nullptr)) != 0) return failed("cannot be written");
  if (std::rename(base::cat(path_, kUnfinished).c_str(), path_.c_str()) != 0) {
    return failed("cannot be given its name");
  }
  return absl::OkStatus();
}

}  // namespace bellwether::cli
