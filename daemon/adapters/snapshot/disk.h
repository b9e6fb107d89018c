// Purpose: the file system operations that snapshots need. Tests can use a disk that tears writes,
// loses data and fills up.
// Errors: NotFound, ResourceExhausted (no space, a quota), otherwise Unavailable; all give the
// path.
// Thread safety: a Disk and an InputFile may be used from any thread, an OutputFile from one.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace bellwether::snapshot {

class OutputFile {
 public:
  virtual ~OutputFile() = default;
  virtual absl::Status append(std::string_view bytes) = 0;
  // After this the appended bytes survive a loss of power.
  virtual absl::Status sync() = 0;
};

class InputFile {
 public:
  virtual ~InputFile() = default;
  virtual uint64_t size() const = 0;
  // Returns fewer bytes than requested only at the end of the file.
  virtual absl::StatusOr<size_t> read(uint64_t offset, std::span<char> into) const = 0;
};

class Disk {
 public:
  virtual ~Disk() = default;
  virtual absl::StatusOr<std::unique_ptr<OutputFile>> create(const std::string& path) = 0;
  // Appends to the file; creates it if it does not exist.
  virtual absl::StatusOr<std::unique_ptr<OutputFile>> extend(const std::string& path) = 0;
  virtual absl::StatusOr<std::unique_ptr<InputFile>> open(const std::string& path) = 0;
  // Creates the folder and its parents. The folders that it creates survive a loss of power.
  virtual absl::Status make_folder(const std::string& path) = 0;
  virtual absl::Status rename(const std::string& from, const std::string& to) = 0;
  // After this the names in the folder survive a loss of power.
  virtual absl::Status sync_folder(const std::string& path) = 0;
  // Removes a file or a folder with its content. OK if there is nothing to remove.
  virtual absl::Status remove(const std::string& path) = 0;
  // The names in the folder, sorted.
  virtual absl::StatusOr<std::vector<std::string>> list(const std::string& path) = 0;
};

// The file system of this machine.
std::unique_ptr<Disk> posix_disk();

}  // namespace bellwether::snapshot
