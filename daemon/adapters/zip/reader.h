// Purpose: reads a file piece by piece, as it is or out of a zip archive (also zip64).
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace bellwether::zip {

class Reader {
 public:
  // `extension`: of the one file to read out of an archive, for example ".csv". Errors: NotFound;
  // InvalidArgument if the archive does not have exactly one such file; DataLoss if it is damaged
  // or cut off.
  static absl::StatusOr<std::unique_ptr<Reader>> open(const std::string& path,
                                                      std::string_view extension);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // 0 bytes at the end. Errors: DataLoss if the archive is damaged; at the end also if its checksum
  // is wrong; Unavailable.
  absl::StatusOr<size_t> read(std::span<char> into);

  // Bytes of the file that is read, out of the archive.
  uint64_t size() const { return size_; }
  // Of the content, as the archive states it; 0 without an archive.
  uint32_t checksum() const { return checksum_; }
  bool is_archive() const { return archive_ != nullptr; }

 private:
  Reader() = default;
  absl::Status open_archive(std::string_view extension);
  absl::Status choose(std::string_view extension);
  absl::StatusOr<size_t> read_archive(std::span<char> into);

  std::string path_;
  int descriptor_ = -1;
  void* archive_ = nullptr;  // minizip's unzFile
  bool entry_open_ = false;
  uint64_t size_ = 0;
  uint32_t checksum_ = 0;
};

}  // namespace bellwether::zip
