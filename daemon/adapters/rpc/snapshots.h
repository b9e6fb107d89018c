// Purpose: snapshots as one replica gives them to another: the functions that the service needs
// from the process, and the requests of a client. The snapshot folder reads and writes the bytes.
// Thread safety: values; the functions of a SnapshotBackend may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/offered_snapshot.h"

namespace bellwether::rpc {

using base::FilePiece;
using base::OfferedSnapshot;

// The rest of a file. The reader already has the first `offset` bytes, whose checksum is `crc32c`.
struct FileRequest {
  std::string name;
  std::string file;
  uint64_t offset = 0;
  uint32_t crc32c = 0;
};

using NextPiece = std::function<absl::StatusOr<FilePiece>(size_t bytes_max)>;

struct SnapshotBackend {
  std::function<absl::StatusOr<std::vector<OfferedSnapshot>>()> list;
  // Errors: those of SnapshotService.Fetch.
  std::function<absl::StatusOr<NextPiece>(const FileRequest&)> open;
};

// Counted since the start of the process, except `open`.
struct TransferCounts {
  int open = 0;
  int64_t files = 0;    // sent completely
  int64_t bytes = 0;    // sent
  int64_t refused = 0;  // refused because others were being served
  int64_t broken = 0;   // ended before the end of the file
};

}  // namespace bellwether::rpc
