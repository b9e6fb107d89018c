// Purpose: packs bytes that are kept in memory (zstd, at the level of snapshots).
// Thread safety: pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bellwether::snapshot {

std::string pack(std::string_view bytes);
// Errors: DataLoss if `packed` is damaged or gives more than `bytes_max` bytes.
absl::StatusOr<std::string> unpack(std::string_view packed, size_t bytes_max);

}  // namespace bellwether::snapshot
