#include "cli/text_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include "core/base/text.h"

namespace bellwether::cli {

absl::StatusOr<std::string> read_text_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::string block(1 << 16, '\0');
  while (file && text.size() <= kFileBytesMax) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    text.append(block, 0, static_cast<size_t>(file.gcount()));
  }
  if (text.size() > kFileBytesMax) {
    return absl::ResourceExhaustedError(
        base::cat(path, ": is larger than ", kFileBytesMax >> 20, " MiB; split it"));
  }
  if (!file.is_open() || file.bad()) {
    return absl::NotFoundError(base::cat(path, ": cannot be read (",
                                         errno != 0 ? std::strerror(errno) : "unknown error",
                                         "); name a readable file"));
  }
  return text;
}

absl::Status write_text_file(const std::string& path, std::string_view bytes) {
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (file) return absl::OkStatus();
  return absl::UnavailableError(base::cat(path, ": cannot be written (",
                                          errno != 0 ? std::strerror(errno) : "unknown error",
                                          "); is there room, and may you write there?"));
}

}  // namespace bellwether::cli
