// Purpose: the snapshots of a folder as other replicas take them: listed by their manifests, read
// from any byte on. A snapshot that somebody reads stays readable until nobody has for kHeldFor,
// also when the folder forgets it: its files are held open, and take up the disk as long. So a slow
// reader ends with what it began with.
// Invariants: at most kHeldMax are held.
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

// Of a held snapshot, by file; those that read them keep it.
struct HeldSnapshot {
  OfferedSnapshot snapshot;
  std::map<std::string, std::unique_ptr<InputFile>, std::less<>> files;
};

// A file from some byte on.
class FileSource {
 public:
  FileSource(std::shared_ptr<const HeldSnapshot> held, const InputFile& file, uint64_t offset,
             uint32_t crc)
      : held_(std::move(held)), file_(file), at_(offset), crc_(crc) {}
  // Errors: those of Disk; DataLoss for a file that has become shorter.
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

  // Newest first; what cannot be read is left out.
  std::vector<OfferedSnapshot> list();
  // `crc32c`: of the bytes before `offset` as the reader has them; reads these here, too. Errors:
  // NotFound (forgotten, or never there: list again), Aborted (the reader has other bytes: begin
  // the file anew), ResourceExhausted (others are being read: wait), those of Disk.
  absl::StatusOr<std::unique_ptr<FileSource>> open(std::string_view name, std::string_view file,
                                                   uint64_t offset, uint32_t crc32c,
                                                   absl::Time now);
  // Lets go of what nobody reads any more. To be called every now and then.
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
