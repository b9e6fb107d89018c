// Purpose: a snapshot that another replica sends, gathered byte by byte in a folder that no reader
// of snapshots takes, so that what has come survives whatever breaks off: a connection, a replica,
// this process. Nothing that was found there is trusted: the sender compares its checksum before it
// goes on behind it.
// Invariants: what was put is a beginning of the sender's file as far as its checksums tell; put()
// keeps nothing that fails its own.
// Errors: DataLoss for what the sender got wrong, else those of Disk.
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

  // The manifest of what is partly here; empty where that cannot be read, or no byte of the files
  // is here.
  std::string unfinished();
  // Goes on with the snapshot of this manifest where it is the one that is partly here, else begins
  // anew.
  absl::Status begin(std::string_view manifest);
  const std::vector<FileEntry>& files() const { return files_; }

  // What is here of a file: that many bytes, with that checksum.
  struct Place {
    uint64_t offset = 0;
    uint32_t crc32c = 0;
  };
  // The file that put() adds to from now on.
  absl::StatusOr<Place> open(size_t file);
  // Forgets what is here of the open file.
  absl::Status restart();
  // `crc32c`: of the file up to and with these bytes, as the sender has it.
  absl::Status put(uint64_t offset, std::string_view data, uint32_t crc32c);
  // The open file is whole, and survives a loss of power from now on.
  absl::Status close();
  // All files are.
  absl::Status finish();
  absl::Status remove();

 private:
  std::string path(std::string_view file) const;

  Disk& disk_;
  std::string const folder_;
  std::vector<FileEntry> files_;
  size_t open_ = 0;
  std::unique_ptr<OutputFile> output_;  // null: none is open
  Place place_;
};

}  // namespace bellwether::snapshot
