#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "adapters/snapshot/disk.h"
#include "core/base/text.h"

namespace bellwether::snapshot {
namespace {

absl::Status failure(std::string_view doing, const std::string& path, int error) {
  std::string const text = base::cat("cannot ", doing, " ", path, ": ", std::strerror(error));
  if (error == ENOENT) return absl::NotFoundError(text);
  if (error == ENOSPC || error == EDQUOT || error == EFBIG)
    return absl::ResourceExhaustedError(text);
  return absl::UnavailableError(text);
}

class PosixOutput final : public OutputFile {
 public:
  PosixOutput(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  ~PosixOutput() override { close(descriptor_); }

  absl::Status append(std::string_view bytes) override {
    while (!bytes.empty()) {
      ssize_t const n = ::write(descriptor_, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return failure("write", path_, errno);
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return absl::OkStatus();
  }
  absl::Status sync() override {
    return fsync(descriptor_) == 0 ? absl::OkStatus() : failure("sync", path_, errno);
  }

 private:
  int const descriptor_;
  std::string const path_;
};

class PosixInput final : public InputFile {
 public:
  PosixInput(int descriptor, uint64_t size, std::string path)
      : descriptor_(descriptor), size_(size), path_(std::move(path)) {}
  ~PosixInput() override { close(descriptor_); }

  uint64_t size() const override { return size_; }
  absl::StatusOr<size_t> read(uint64_t offset, std::span<char> into) const override {
    size_t done = 0;
    while (done < into.size()) {
      ssize_t const n = pread(descriptor_, into.data() + done, into.size() - done,
                              static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return failure("read", path_, errno);
      if (n == 0) break;
      done += static_cast<size_t>(n);
    }
    return done;
  }

 private:
  int const descriptor_;
  uint64_t const size_;
  std::string const path_;
};

class PosixDisk final : public Disk {
 public:
  absl::StatusOr<std::unique_ptr<OutputFile>> create(const std::string& path) override {
    return output(path, O_TRUNC);
  }
  absl::StatusOr<std::unique_ptr<OutputFile>> extend(const std::string& path) override {
    return output(path, O_APPEND);
  }
  absl::StatusOr<std::unique_ptr<InputFile>> open(const std::string& path) override {
    int const descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return failure("open", path, errno);
    struct stat about {};
    if (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode)) {
      int const error = S_ISREG(about.st_mode) ? errno : EISDIR;
      close(descriptor);
      return failure("open", path, error);
    }
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
    return std::make_unique<PosixInput>(descriptor, static_cast<uint64_t>(about.st_size), path);
  }
  absl::Status make_folder(const std::string& path) override {
    namespace fs = std::filesystem;
    std::error_code error;
    std::vector<fs::path> missing;  // the innermost first
    for (fs::path at = fs::absolute(path, error); !error && !fs::exists(at, error);
         at = at.parent_path()) {
      if (at.has_filename()) missing.push_back(at);
    }
    if (!error) fs::create_directories(path, error);
    if (error) return failure("make the folder", path, error.value());
    for (const fs::path& made : missing) {
      if (absl::Status s = sync_folder(made.parent_path().string()); !s.ok()) return s;
    }
    return absl::OkStatus();
  }
  absl::Status rename(const std::string& from, const std::string& to) override {
    return ::rename(from.c_str(), to.c_str()) == 0 ? absl::OkStatus()
                                                   : failure("rename", from, errno);
  }
  absl::Status sync_folder(const std::string& path) override {
    int const descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return failure("open", path, errno);
    int const error = fsync(descriptor) == 0 ? 0 : errno;
    close(descriptor);
    return error == 0 ? absl::OkStatus() : failure("sync", path, error);
  }
  absl::Status remove(const std::string& path) override {
    std::error_code error;
    std::filesystem::remove_all(path, error);
    return error ? failure("remove", path, error.value()) : absl::OkStatus();
  }
  absl::StatusOr<std::vector<std::string>> list(const std::string& path) override {
    std::error_code error;
    std::vector<std::string> names;
    for (std::filesystem::directory_iterator it(path, error), end; !error && it != end;
         it.increment(error)) {
      names.push_back(it->path().filename().string());
    }
    if (error) return failure("list", path, error.value());
    std::ranges::sort(names);
    return names;
  }

 private:
  static absl::StatusOr<std::unique_ptr<OutputFile>> output(const std::string& path, int how) {
    int const descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | how, 0644);
    if (descriptor < 0) return failure("create", path, errno);
    return std::make_unique<PosixOutput>(descriptor, path);
  }
};

}  // namespace

std::unique_ptr<Disk> posix_disk() {
  return std::make_unique<PosixDisk>();
}

}  // namespace bellwether::snapshot
