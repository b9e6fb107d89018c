// Checks the error for a text file: InvalidArgument with "file:line: error", and the line exists in
// the file.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "core/base/check.h"
#include "core/base/text.h"

namespace bellwether::fuzz {

// The most lines that `text` has: each CR and each LF ends at most one.
inline int64_t lines_max(std::string_view text) {
  return std::ranges::count(text, '\n') + std::ranges::count(text, '\r') + 1;
}

inline void check_complaint(const absl::Status& status, std::string_view file,
                            std::string_view text) {
  BELLWETHER_CHECK(absl::IsInvalidArgument(status));
  std::string_view message = base::from_absl(status.message());
  BELLWETHER_CHECK(message.starts_with(base::cat(file, ":")));
  message.remove_prefix(file.size() + 1);
  auto const line = base::parse_number<int>(message.substr(0, message.find(':')));
  BELLWETHER_CHECK(line && *line >= 1 && *line <= lines_max(text));
}

}  // namespace bellwether::fuzz
