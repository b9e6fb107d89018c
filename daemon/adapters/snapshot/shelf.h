// Purpose: gives the snapshots of a folder to other replicas: lists them by their manifests, and
// reads their files from any byte on. A snapshot stays readable until nobody has read it for
// kHeldFor, even if the folder removes it, so that a slow reader can finish. Its files are kept
// open and use disk space until then.
// Invariants: at most kHeldMax snapshots are held.
// Thread safety: a Shelf may be used from any thread, a FileSource from one.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/snapshot/disk.h"
#include "adapters/snapshot/store.h"
#include "core/base/offered_snapshot.h"

namespace bellwether::snapshot {

inline constexpr size_t kHeldMax = 2;
inline constexpr absl::Duration kHeldFor = absl::Minutes(2);

using base::FilePiece;
using base::OfferedSnapshot;

// A held snapshot with its open files, by name. Its readers keep it alive.
struct HeldSnapshot {
  OfferedSnapshot snapshot;
  std::map<std::string, std::unique_ptr<InputFile>, std::less<>> files;
};

// Reads a file from some byte on.
class FileSource {
 public:
  FileSource(std::shared_ptr<const HeldSnapshot> held, const InputFile& file, uint64_t offset,
             uint32_t crc)
      : held_(std::move(held)), file_(file), at_(offset), crc_(crc) {}
  // Errors: those of Disk; DataLoss if the file has become shorter.
  absl::StatusOr<FilePiece> next(size_t bytes_max);

 private:
  std::shared_ptr<const HeldSnapshot> held_;
  const InputFile& file_;
  uint64_t at_;
  uint32_t crc_;
  std::string buffer_;
};

class Shelf {
 public:
  Shelf(Disk& disk, std::string folder) : disk_(disk), store_(disk, std::move(folder)) {}

  // Newest first. Snapshots that cannot be read are left out.
  std::vector<OfferedSnapshot> list();
  // `crc32c`: the reader's checksum of the bytes before `offset`. Reads these bytes here too, to
  // compare. Errors: NotFound (removed or never here: list again), Aborted (the reader has other
  // bytes: start the file again), ResourceExhausted (other snapshots are being read: wait), those
  // of Disk.
  absl::StatusOr<std::unique_ptr<FileSource>> open(std::string_view name, std::string_view file,
                                                   uint64_t offset, uint32_t crc32c,
                                                   absl::Time now);
  // Releases the snapshots that nobody reads any more. Call regularly.
  void tidy(absl::Time now);
  size_t held() const;

 private:
  struct Use {
    std::shared_ptr<const HeldSnapshot> held;
    absl::Time last;
  };
  absl::StatusOr<std::shared_ptr<const HeldSnapshot>> hold(std::string_view name, absl::Time now);
  void let_go(absl::Time now);

  Disk& disk_;
  Store store_;  // to list and to read manifests
  mutable std::mutex mutex_;
  std::vector<Use> uses_;
};

}  // namespace bellwether::snapshot
