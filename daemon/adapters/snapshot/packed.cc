#include "adapters/snapshot/packed.h"

#include <zstd.h>

#include "core/base/check.h"

namespace bellwether::snapshot {
namespace {

constexpr int kFast = 1;

}  // namespace

std::string pack(std::string_view bytes) {
  std::string packed(ZSTD_compressBound(bytes.size()), '\0');
  size_t const n = ZSTD_compress(packed.data(), packed.size(), bytes.data(), bytes.size(), kFast);
  BELLWETHER_CHECK(!ZSTD_isError(n));  // the room is enough
  packed.resize(n);
  packed.shrink_to_fit();
  return packed;
}

absl::StatusOr<std::string> unpack(std::string_view packed, size_t bytes_max) {
  unsigned long long const size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > bytes_max)
    return absl::DataLossError("packed bytes are damaged or too long");
  std::string bytes(size, '\0');
  size_t const n = ZSTD_decompress(bytes.data(), bytes.size(), packed.data(), packed.size());
  if (ZSTD_isError(n) || n != bytes.size()) return absl::DataLossError("packed bytes are damaged");
  return bytes;
}

}  // namespace bellwether::snapshot
