// Purpose: the folder that snapshots live in. One is written beside the others under a name that no
// reader takes, synced file by file, and appears whole by a rename; so a loss of power at any
// moment leaves the ones before it. The last kSnapshotsKept stay. Layout:
// FOLDER/SEQUENCE/{manifest,evaluation,partition-0,…,book}; what comes from another replica is
// gathered in FOLDER/.incoming and appears in the same way.
// Errors: those of Disk and FrameReader; the file is named.
// Thread safety: one thread, but for what each_in_parallel does.
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
// Of its file, as others take it.
inline constexpr uint64_t kManifestBytesMax = 1 << 20;

// A file of a snapshot beside its manifest.
struct FileEntry {
  std::string name;
  uint64_t bytes = 0;
  friend bool operator==(const FileEntry&, const FileEntry&) = default;
};
// In the order of Manifest::file_bytes, then the book. Error: DataLoss where the manifest does not
// fit itself.
absl::StatusOr<std::vector<FileEntry>> files(const Manifest& manifest);
// The bytes of the manifest in a snapshot's folder. Errors: those of Disk; DataLoss beyond
// kManifestBytesMax.
absl::StatusOr<std::string> manifest_bytes(Disk& disk, std::string_view folder);
// Of the bytes of a manifest's file. Errors: those of FrameReader.
absl::StatusOr<Manifest> parse_manifest(std::string_view bytes);

// Calls its second argument for 0 … n − 1, at once if it likes, and returns when all have returned.
using EachInParallel = std::function<void(size_t n, const std::function<void(size_t)>&)>;

class Store {
 public:
  Store(Disk& disk, std::string folder) : disk_(disk), folder_(std::move(folder)) {}

  // Removes what earlier attempts have left. Error: the folder cannot be made or listed.
  absl::Status open();
  // Writes a snapshot and forgets those too old. After an error those before it stand. The number
  // of bytes.
  absl::StatusOr<uint64_t> save(const Image& image);
  // The newest that can be read, belongs here and is accepted. Those that are newer and cannot, do
  // not or are not, are told to `refused` with the reason and stay where they are.
  std::optional<Restored> newest(
      const Identity& identity, const reference::Reference& reference, base::Calendar calendar,
      const EachInParallel& in_parallel, const std::function<absl::Status(const Restored&)>& accept,
      const std::function<void(std::string_view name, const absl::Status& why)>& refused);

  // Takes a whole snapshot that stands in `folder` on the same disk as the newest; it must be
  // synced. Its name.
  absl::StatusOr<std::string> adopt(const std::string& folder);
  // Where one from another replica is gathered; what is there stays until it is adopted or
  // forgotten.
  std::string incoming() const;
  absl::Status forget_incoming();
  // As manifest_bytes().
  absl::StatusOr<std::string> manifest(std::string_view name) const;

  // Names of whole snapshots, oldest first.
  absl::StatusOr<std::vector<std::string>> names();
  std::string path(std::string_view name) const;
  static std::string partition_file(size_t partition);
  static constexpr std::string_view kManifestFile = "manifest";
  static constexpr std::string_view kEvaluationFile = "evaluation";
  static constexpr std::string_view kBookFile = "book";

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

// What differs, and what to do; OK when nothing does.
absl::Status same_identity(const Identity& found, const Identity& wanted);

}  // namespace bellwether::snapshot
