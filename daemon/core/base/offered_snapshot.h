// Purpose: a snapshot that one replica offers to another, and the pieces in which its files are
// sent. Thread safety: values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bellwether::base {

struct OfferedSnapshot {
  std::string name;
  std::string manifest;  // content of the manifest file
};

struct FilePiece {
  uint64_t offset = 0;
  std::string_view data;  // empty at the end of the file; valid until the next piece is read
  uint32_t crc32c = 0;    // of the file from its start to the end of `data`
};

}  // namespace bellwether::base
