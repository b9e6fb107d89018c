// Purpose: collects a snapshot that another replica sends, in a folder that readers of snapshots
// ignore. The bytes received survive a broken connection and a stop of the sender or of this
// process. Bytes found in the folder are not trusted: the sender compares their checksum before it
// sends the bytes after them.
// Invariants: as far as the sender's checksums tell, the stored bytes are the beginning of the
// sender's file. put() does not keep bytes whose checksum is wrong.
// Errors: DataLoss for errors of the sender, otherwise those of Disk.
// Thread safety: one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/snapshot/disk.h"
#include "adapters/snapshot/store.h"

namespace bellwether::snapshot {

// A longer file is a mistake or an attack on the disk.
inline constexpr uint64_t kIncomingFileBytesMax = uint64_t{1} << 40;

class Incoming {
 public:
  Incoming(Disk& disk, std::string folder) : disk_(disk), folder_(std::move(folder)) {}

  // The manifest of the partly received snapshot. Empty if the manifest cannot be read, or if no
  // byte of the files is here.
  std::string unfinished();
  // Continues with the snapshot of this manifest if it is the partly received one. Otherwise
  // removes that one and begins again.
  absl::Status begin(std::string_view manifest);
  const std::vector<FileEntry>& files() const { return files_; }

  // The received part of a file: its number of bytes, and their checksum.
  struct Place {
    uint64_t offset = 0;
    uint32_t crc32c = 0;
  };
  // Opens the file to which put() appends from now on.
  absl::StatusOr<Place> open(size_t file);
  // Discards the received part of the open file.
  absl::Status restart();
  // `crc32c`: the sender's checksum of the file from its beginning through these bytes.
  absl::Status put(uint64_t offset, std::string_view data, uint32_t crc32c);
  // The open file is complete. From now on it survives a loss of power.
  absl::Status close();
  // All files are complete.
  absl::Status finish();
  absl::Status remove();

 private:
  std::string path(std::string_view file) const;

  Disk& disk_;
  std::string const folder_;
  std::vector<FileEntry> files_;
  size_t open_ = 0;
  std::unique_ptr<OutputFile> output_;  // null: no file is open
  Place place_;
};

}  // namespace bellwether::snapshot
