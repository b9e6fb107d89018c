// Purpose: reads and writes the files of analysts as a whole. Thread safety: any.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace bellwether::cli {

inline constexpr size_t kFileBytesMax = 256 << 20;

// Errors: NotFound or ResourceExhausted (more than kFileBytesMax). The message names the file.
absl::StatusOr<std::string> read_text_file(const std::string& path);
// Error: Unavailable. The message names the file.
absl::Status write_text_file(const std::string& path, std::string_view bytes);

}  // namespace bellwether::cli
