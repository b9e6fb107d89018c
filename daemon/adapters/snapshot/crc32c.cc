#include "adapters/snapshot/crc32c.h"

#include <isa-l/crc.h>

#include <algorithm>

namespace bellwether::snapshot {
namespace {

constexpr size_t kAtOnce = 1 << 30;  // the library's sizes are of type int

}  // namespace

uint32_t crc32c(uint32_t before, std::string_view bytes) {
  uint32_t crc = ~before;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), kAtOnce))) {
    auto* const data = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
    crc = crc32_iscsi(data, static_cast<int>(std::min(bytes.size(), kAtOnce)), crc);
  }
  return ~crc;
}

}  // namespace bellwether::snapshot
