// Purpose: the folder of snapshots. A snapshot is written next to the others, under a name that
// readers ignore. It is synced file by file and appears complete by a rename, so a loss of power at
// any moment leaves the earlier snapshots. The last kSnapshotsKept are kept. Layout:
// FOLDER/SEQUENCE/{manifest,evaluation,partition-0,…,book}. A snapshot from another replica is
// collected in FOLDER/.incoming and appears in the same way.
// Errors: those of Disk and FrameReader; they give the file.
// Thread safety: one thread, except what each_in_parallel does.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/snapshot/disk.h"
#include "adapters/snapshot/image.h"

namespace bellwether::snapshot {

inline constexpr int kSnapshotsKept = 2;
// Limit of the manifest's file.
inline constexpr uint64_t kManifestBytesMax = 1 << 20;

// A file of a snapshot, other than the manifest.
struct FileEntry {
  std::string name;
  uint64_t bytes = 0;
  friend bool operator==(const FileEntry&, const FileEntry&) = default;
};
// The files in the order of Manifest::file_bytes, then the book. Error: DataLoss if the manifest
// contradicts itself.
absl::StatusOr<std::vector<FileEntry>> files(const Manifest& manifest);
// The bytes of these files.
uint64_t bytes_of_files(const Manifest& manifest);
// The bytes of the manifest in a snapshot's folder. Errors: those of Disk; DataLoss if they exceed
// kManifestBytesMax.
absl::StatusOr<std::string> manifest_bytes(Disk& disk, std::string_view folder);
// Parses the bytes of a manifest's file. Errors: those of FrameReader.
absl::StatusOr<Manifest> parse_manifest(std::string_view bytes);

// Calls its second argument for 0 … n − 1, possibly in parallel. Returns when all calls have
// returned.
using EachInParallel = std::function<void(size_t n, const std::function<void(size_t)>&)>;

class Store {
 public:
  Store(Disk& disk, std::string folder) : disk_(disk), folder_(std::move(folder)) {}

  // Removes what unfinished saves have left. Error: the folder cannot be created or listed.
  absl::Status open();
  // Writes a snapshot and removes the oldest ones. After an error the earlier snapshots stay.
  // Returns the number of bytes.
  absl::StatusOr<uint64_t> save(const Image& image);
  // The newest snapshot that can be read, has this identity and is accepted. Each newer snapshot is
  // reported to `refused` with the reason and stays in the folder.
  std::optional<Restored> newest(
      const Identity& identity, const reference::Reference& reference, base::Calendar calendar,
      const EachInParallel& in_parallel, const std::function<absl::Status(const Restored&)>& accept,
      const std::function<void(std::string_view name, const absl::Status& why)>& refused);

  // Takes the complete snapshot in `folder`, on the same disk, as the newest one. Its files must be
  // synced. Returns its name.
  absl::StatusOr<std::string> adopt(const std::string& folder);
  // The folder that collects a snapshot from another replica. Its content stays until adopt() or
  // forget_incoming().
  std::string incoming() const;
  absl::Status forget_incoming();
  // The same as manifest_bytes().
  absl::StatusOr<std::string> manifest(std::string_view name) const;

  // Names of complete snapshots, oldest first.
  absl::StatusOr<std::vector<std::string>> names();
  std::string path(std::string_view name) const;
  static std::string partition_file(size_t partition);
  static constexpr std::string_view kManifestFile = "manifest";
  static constexpr std::string_view kEvaluationFile = "evaluation";
  static constexpr std::string_view kBookFile = "book";
  static constexpr std::string_view kPastFile = "past";

 private:
  absl::Status write(const Image& image, const std::string& folder, uint64_t& bytes);
  absl::StatusOr<Restored> read(const std::string& folder, const Identity& identity,
                                const reference::Reference& reference, base::Calendar calendar,
                                const EachInParallel& in_parallel);
  absl::Status appear(const std::string& temporary, const std::string& name);
  void forget_old();

  Disk& disk_;
  std::string folder_;
  uint64_t next_ = 1;
};

// OK if equal; otherwise an error with the difference and the correction.
absl::Status same_identity(const Identity& found, const Identity& wanted);

}  // namespace bellwether::snapshot
