// Purpose: CRC-32C (Castagnoli, as in iSCSI, RFC 3720 B.4) of bytes that come in pieces.
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace bellwether::snapshot {

// The checksum of the earlier bytes, whose checksum is `before`, followed by `bytes`. The checksum
// of no bytes is 0.
uint32_t crc32c(uint32_t before, std::string_view bytes);

}  // namespace bellwether::snapshot
