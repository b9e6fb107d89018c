// Purpose: the files of `bellwether notify`: the resume token, what Alertmanager was told, and the
// dead letters. A file is replaced as a whole or not at all, and what was saved survives a loss of
// power.
// Thread safety: different files may be used by different threads.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/snapshot/disk.h"

namespace bellwether::cli {

inline constexpr std::string_view kTokenFile = "webhook.json";
inline constexpr std::string_view kBoardFile = "alertmanager.json";
inline constexpr std::string_view kDeadLettersFile = "dead_letters.jsonl";
// A larger file of this folder is not ours.
inline constexpr size_t kStateBytesMax = 64 << 20;
inline constexpr size_t kTokenBytesMax = 64;

class StateFolder {
 public:
  // Creates the folder if it is missing, and checks that files can be written there. Error: they
  // cannot; the message names the folder. `disk` must outlive this object.
  static absl::StatusOr<StateFolder> open(snapshot::Disk& disk, std::string path);

  // nullopt if there is no such file.
  absl::StatusOr<std::optional<std::string>> load(std::string_view name) const;
  absl::Status save(std::string_view name, std::string_view text);

  // The saved resume token; empty if there is none. Error: InvalidArgument if the file is damaged.
  absl::StatusOr<std::string> load_token() const;
  absl::Status save_token(std::string_view token);

  // Appends a line. A line that a loss of power has torn ends before it.
  absl::Status add_dead_letter(std::string_view line);

  std::string file(std::string_view name) const;

 private:
  StateFolder(snapshot::Disk& disk, std::string path) : disk_(&disk), path_(std::move(path)) {}
  snapshot::Disk* disk_;
  std::string path_;
};

// Keeps a second notify from using the folder: holds a lock until it is destroyed.
class FolderLock {
 public:
  // Error: FailedPrecondition if another process holds it; Unavailable.
  static absl::StatusOr<FolderLock> take(const std::string& folder);
  FolderLock(FolderLock&& other) noexcept : descriptor_(other.descriptor_) {
    other.descriptor_ = -1;
  }
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace bellwether::cli
