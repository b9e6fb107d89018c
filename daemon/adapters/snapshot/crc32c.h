// Purpose: CRC-32C (Castagnoli, as in iSCSI, RFC 3720 B.4) of bytes that come in pieces.
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace bellwether::snapshot {

// Of what `before` is the checksum of, with `bytes` behind it; of nothing it is 0.
uint32_t crc32c(uint32_t before, std::string_view bytes);

}  // namespace bellwether::snapshot
