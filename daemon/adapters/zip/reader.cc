#include "adapters/zip/reader.h"

#include <fcntl.h>
#include <minizip/unzip.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "core/base/status.h"
#include "core/base/text.h"

namespace bellwether::zip {
namespace {

constexpr std::string_view kSignature = "PK";
constexpr size_t kNameBytesMax = 1024;
constexpr std::string_view kDownloadAgain = "; the file is damaged or cut off: download it again";

bool ends_in(std::string_view name, std::string_view extension) {
  if (name.size() < extension.size()) return false;
  return std::ranges::equal(name.substr(name.size() - extension.size()), extension, {},
                            [](char c) { return static_cast<char>(c | 0x20); });
}

}  // namespace

absl::StatusOr<std::unique_ptr<Reader>> Reader::open(const std::string& path,
                                                     std::string_view extension) {
  std::unique_ptr<Reader> out(new Reader());
  out->path_ = path;
  out->descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (out->descriptor_ < 0) return absl::NotFoundError(base::cat(path, ": ", std::strerror(errno)));
  struct stat file {};
  std::array<char, kSignature.size()> begin{};
  bool const readable = fstat(out->descriptor_, &file) == 0 && S_ISREG(file.st_mode);
  if (!readable) return absl::InvalidArgumentError(base::cat(path, ": is no file"));
  ssize_t const bytes = pread(out->descriptor_, begin.data(), begin.size(), 0);
  out->size_ = static_cast<uint64_t>(file.st_size);
  bool const archive = bytes == static_cast<ssize_t>(begin.size()) &&
                       std::string_view(begin.data(), begin.size()) == kSignature;
  if (archive || ends_in(path, ".zip")) BELLWETHER_RETURN_IF_ERROR(out->open_archive(extension));
  return out;
}

absl::Status Reader::open_archive(std::string_view extension) {
  archive_ = unzOpen64(path_.c_str());
  if (archive_ == nullptr)
    return absl::DataLossError(base::cat(path_, ": is no whole zip archive", kDownloadAgain));
  return choose(extension);
}

// Goes to the only file with the extension.
absl::Status Reader::choose(std::string_view extension) {
  int found = 0;
  unz64_file_pos place{};
  int result = unzGoToFirstFile(archive_);
  for (; result == UNZ_OK; result = unzGoToNextFile(archive_)) {
    std::array<char, kNameBytesMax> name{};
    unz_file_info64 info{};
    if (unzGetCurrentFileInfo64(archive_, &info, name.data(), name.size() - 1, nullptr, 0, nullptr,
                                0) != UNZ_OK) {
      return absl::DataLossError(
          base::cat(path_, ": has no readable list of files", kDownloadAgain));
    }
    if (!ends_in(name.data(), extension)) continue;
    ++found;
    size_ = info.uncompressed_size;
    checksum_ = static_cast<uint32_t>(info.crc);
    (void)unzGetFilePos64(archive_, &place);
  }
  if (result != UNZ_END_OF_LIST_OF_FILE || found != 1) {
    return result != UNZ_END_OF_LIST_OF_FILE
               ? absl::DataLossError(
                     base::cat(path_, ": has no readable list of files", kDownloadAgain))
               : absl::InvalidArgumentError(
                     base::cat(path_, ": the archive has ", found, " files *", extension,
                               "; it must have one; unpack it and name the file"));
  }
  if (unzGoToFilePos64(archive_, &place) != UNZ_OK || unzOpenCurrentFile(archive_) != UNZ_OK)
    return absl::DataLossError(base::cat(path_, ": cannot be unpacked", kDownloadAgain));
  entry_open_ = true;
  return absl::OkStatus();
}

Reader::~Reader() {
  if (archive_ != nullptr) {
    if (entry_open_) (void)unzCloseCurrentFile(archive_);
    unzClose(archive_);
  }
  if (descriptor_ >= 0) close(descriptor_);
}

absl::StatusOr<size_t> Reader::read_archive(std::span<char> into) {
  if (!entry_open_) return size_t{0};
  int const bytes = unzReadCurrentFile(archive_, into.data(), static_cast<unsigned>(into.size()));
  if (bytes < 0)
    return absl::DataLossError(base::cat(path_, ": cannot be unpacked", kDownloadAgain));
  if (bytes > 0) return static_cast<size_t>(bytes);
  bool const complete = unztell64(archive_) == size_;
  entry_open_ = false;
  if (unzCloseCurrentFile(archive_) == UNZ_OK && complete) return size_t{0};
  return absl::DataLossError(
      base::cat(path_, ": the checksum of its content is wrong", kDownloadAgain));
}

absl::StatusOr<size_t> Reader::read(std::span<char> into) {
  if (archive_ != nullptr) return read_archive(into);
  while (true) {
    ssize_t const bytes = ::read(descriptor_, into.data(), into.size());
    if (bytes >= 0) return static_cast<size_t>(bytes);
    if (errno != EINTR)
      return absl::UnavailableError(base::cat(path_, ": cannot be read: ", std::strerror(errno)));
  }
}

}  // namespace bellwether::zip
