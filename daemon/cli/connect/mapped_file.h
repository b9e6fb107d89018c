// Purpose: the bytes of a file, mapped into memory, so that a table of any size can be read twice.
// Nobody may shorten the file meanwhile.
// Thread safety: immutable.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bellwether::cli {

class MappedFile {
 public:
  // Errors: NotFound if the file cannot be read; InvalidArgument if it is a folder.
  static absl::StatusOr<std::unique_ptr<MappedFile>> open(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return bytes_; }

 private:
  MappedFile() = default;
  std::string_view bytes_;
  std::string copy_;  // of a pipe, which cannot be mapped
  void* mapped_ = nullptr;
};

}  // namespace bellwether::cli
