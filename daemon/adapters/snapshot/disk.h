// Purpose: what snapshots ask of a file system, so that tests can have one that tears, forgets and
// fills up.
// Errors: NotFound, ResourceExhausted (no space, a quota), else Unavailable; all name the path.
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
  // What was appended survives a loss of power.
  virtual absl::Status sync() = 0;
};

class InputFile {
 public:
  virtual ~InputFile() = default;
  virtual uint64_t size() const = 0;
  // Fewer bytes than asked for only at the end of the file.
  virtual absl::StatusOr<size_t> read(uint64_t offset, std::span<char> into) const = 0;
};

class Disk {
 public:
  virtual ~Disk() = default;
  virtual absl::StatusOr<std::unique_ptr<OutputFile>> create(const std::string& path) = 0;
  // Appends to what is there; makes the file where there is none.
  virtual absl::StatusOr<std::unique_ptr<OutputFile>> extend(const std::string& path) = 0;
  virtual absl::StatusOr<std::unique_ptr<InputFile>> open(const std::string& path) = 0;
  // With those above it. What was not there survives a loss of power.
  virtual absl::Status make_folder(const std::string& path) = 0;
  virtual absl::Status rename(const std::string& from, const std::string& to) = 0;
  // The names in a folder survive a loss of power.
  virtual absl::Status sync_folder(const std::string& path) = 0;
  // With all that is in it; what is not there is removed already.
  virtual absl::Status remove(const std::string& path) = 0;
  // Names, sorted.
  virtual absl::StatusOr<std::vector<std::string>> list(const std::string& path) = 0;
};

// The machine's own.
std::unique_ptr<Disk> posix_disk();

}  // namespace bellwether::snapshot
