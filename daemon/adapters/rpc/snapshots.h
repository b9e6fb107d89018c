// Purpose: snapshots as one replica gives them to another: what the service asks of the process,
// and what a client hands it. The bytes are the snapshot folder's business.
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

// The rest of a file, of which the reader has `offset` bytes with the checksum `crc32c` already.
struct FileRequest {
  std::string name;
  std::string file;
  uint64_t offset = 0;
  uint32_t crc32c = 0;
};

using NextPiece = std::function<absl::StatusOr<FilePiece>(size_t bytes_max)>;

struct SnapshotBackend {
  std::function<absl::StatusOr<std::vector<OfferedSnapshot>>()> list;
  // Errors as SnapshotService.Fetch has them.
  std::function<absl::StatusOr<NextPiece>(const FileRequest&)> open;
};

// Since the start of the process, but for `open`.
struct TransferCounts {
  int open = 0;
  int64_t files = 0;    // sent to their end
  int64_t bytes = 0;    // sent
  int64_t refused = 0;  // for others being served
  int64_t broken = 0;   // ended before the end of the file
};

}  // namespace bellwether::rpc
