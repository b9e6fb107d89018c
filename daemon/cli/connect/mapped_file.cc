#include "cli/connect/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/text_file.h"
#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::cli {

absl::StatusOr<std::unique_ptr<MappedFile>> MappedFile::open(const std::string& path) {
  std::unique_ptr<MappedFile> out(new MappedFile());
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) {
    return absl::NotFoundError(
        base::cat(path, ": cannot be read (", std::strerror(errno), "); name a readable file"));
  }
  if (S_ISDIR(found.st_mode)) {
    return absl::InvalidArgumentError(
        base::cat(path, ": is a folder; name its files, such as ", path, "/*.csv"));
  }
  if (!S_ISREG(found.st_mode)) {
    BELLWETHER_ASSIGN_OR_RETURN(out->copy_, read_text_file(path));
    out->bytes_ = out->copy_;
    return out;
  }
  if (found.st_size == 0) return out;
  int const file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  auto const size = static_cast<size_t>(found.st_size);
  void* const mapped = file < 0 ? MAP_FAILED : mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  int const error = errno;
  if (file >= 0) ::close(file);
  if (mapped == MAP_FAILED) {
    return absl::NotFoundError(
        base::cat(path, ": cannot be read (", std::strerror(error), "); name a readable file"));
  }
  out->mapped_ = mapped;
  out->bytes_ = {static_cast<const char*>(mapped), size};
  return out;
}

MappedFile::~MappedFile() {
  if (mapped_ != nullptr) munmap(mapped_, bytes_.size());
}

}  // namespace bellwether::cli
