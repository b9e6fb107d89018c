#include "adapters/snapshot/incoming.h"

#include <algorithm>

#include "adapters/snapshot/crc32c.h"
#include "core/base/check.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::snapshot {
namespace {

constexpr size_t kReadAtOnce = 1 << 20;

}  // namespace

std::string Incoming::path(std::string_view file) const {
  return base::cat(folder_, "/", file);
}

std::string Incoming::unfinished() {
  auto const names = disk_.list(folder_);
  bool const begun = names.ok() && std::ranges::any_of(*names, [&](const std::string& name) {
                       if (name == Store::kManifestFile) return false;
                       auto const file = disk_.open(path(name));
                       return file.ok() && (*file)->size() > 0;
                     });
  if (!begun) return "";
  auto const manifest = manifest_bytes(disk_, folder_);
  return manifest.ok() && parse_manifest(*manifest).ok() ? *manifest : "";
}

absl::Status Incoming::begin(std::string_view manifest) {
  BELLWETHER_ASSIGN_OR_RETURN(Manifest const about, parse_manifest(manifest));
  BELLWETHER_ASSIGN_OR_RETURN(files_, snapshot::files(about));
  for (const FileEntry& f : files_) {
    if (f.bytes > kIncomingFileBytesMax)
      return absl::DataLossError(base::cat(f.name, " of ", f.bytes, " bytes"));
  }
  output_ = nullptr;
  if (unfinished() == manifest) return absl::OkStatus();
  BELLWETHER_RETURN_IF_ERROR(remove());
  BELLWETHER_RETURN_IF_ERROR(disk_.make_folder(folder_));
  BELLWETHER_ASSIGN_OR_RETURN(auto const file, disk_.create(path(Store::kManifestFile)));
  BELLWETHER_RETURN_IF_ERROR(file->append(manifest));
  return file->sync();
}

absl::StatusOr<Incoming::Place> Incoming::open(size_t file) {
  BELLWETHER_CHECK(file < files_.size());
  open_ = file;
  output_ = nullptr;
  place_ = {};
  std::string const name = path(files_[file].name);
  auto const found = disk_.open(name);
  if (!found.ok() && !absl::IsNotFound(found.status())) return found.status();
  if (!found.ok() || (*found)->size() > files_[file].bytes) {
    BELLWETHER_RETURN_IF_ERROR(restart());
    return place_;
  }
  std::string buffer(kReadAtOnce, '\0');
  while (place_.offset < (*found)->size()) {
    BELLWETHER_ASSIGN_OR_RETURN(size_t const read, (*found)->read(place_.offset, buffer));
    if (read == 0) return absl::UnavailableError(base::cat(name, " ends early"));
    place_.crc32c = crc32c(place_.crc32c, std::string_view(buffer).substr(0, read));
    place_.offset += read;
  }
  BELLWETHER_ASSIGN_OR_RETURN(output_, disk_.extend(name));
  return place_;
}

absl::Status Incoming::restart() {
  place_ = {};
  output_ = nullptr;
  BELLWETHER_ASSIGN_OR_RETURN(output_, disk_.create(path(files_[open_].name)));
  return absl::OkStatus();
}

absl::Status Incoming::put(uint64_t offset, std::string_view data, uint32_t crc) {
  BELLWETHER_CHECK(output_ != nullptr);
  const FileEntry& file = files_[open_];
  if (offset != place_.offset) {
    return absl::DataLossError(
        base::cat(file.name, ": bytes from ", offset, " on where ", place_.offset, " was next"));
  }
  if (data.size() > file.bytes - offset) {
    return absl::DataLossError(
        base::cat(file.name, ": more than the ", file.bytes, " bytes of the manifest"));
  }
  uint32_t const sum = crc32c(place_.crc32c, data);
  if (sum != crc)
    return absl::DataLossError(base::cat(file.name, ": the checksum differs after byte ", offset));
  if (absl::Status const s = output_->append(data); !s.ok()) {
    output_ = nullptr;  // it is not known how much was written; open() finds out
    return s;
  }
  place_ = {offset + data.size(), sum};
  return absl::OkStatus();
}

absl::Status Incoming::close() {
  BELLWETHER_CHECK(output_ != nullptr);
  if (place_.offset != files_[open_].bytes) {
    return absl::DataLossError(base::cat(files_[open_].name, " ends at byte ", place_.offset,
                                         " of ", files_[open_].bytes));
  }
  std::unique_ptr<OutputFile> const output = std::move(output_);
  return output->sync();
}

absl::Status Incoming::finish() {
  return disk_.sync_folder(folder_);
}

absl::Status Incoming::remove() {
  output_ = nullptr;
  return disk_.remove(folder_);
}

}  // namespace bellwether::snapshot
