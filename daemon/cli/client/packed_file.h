// Purpose: the file that a command writes: plain or packed with zstd, to standard output or to a
// path. A file appears under its path only when it is complete.
// Thread safety: one thread.
#pragma once

#include <zstd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace bellwether::cli {

class PackedFile {
 public:
  // An empty path means standard output. Error: the file cannot be created.
  static absl::StatusOr<PackedFile> create(const std::string& path, bool packed);
  PackedFile(PackedFile&& other) noexcept;
  PackedFile& operator=(PackedFile&&) = delete;
  // Removes the file if close() was not called.
  ~PackedFile();

  // Error: the disk is full, the pipe was closed, and so on.
  absl::Status write(std::string_view text);
  // Writes what is buffered, and gives the file its name.
  absl::Status close();

 private:
  PackedFile(std::FILE* file, std::string path, bool packed);
  absl::Status put(std::string_view bytes);
  absl::Status pack(std::string_view text, ZSTD_EndDirective end);
  absl::Status failed(const char* what) const;

  static constexpr std::string_view kUnfinished = ".part";
  std::FILE* file_;
  std::string path_;  // empty: standard output
  std::unique_ptr<ZSTD_CCtx, size_t (*)(ZSTD_CCtx*)> packer_{nullptr, ZSTD_freeCCtx};
  std::string buffer_;
};

}  // namespace bellwether::cli
