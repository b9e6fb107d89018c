// Purpose: asks other replicas for their snapshots.
// Errors: as gRPC gives them; DeadlineExceeded for a replica that does not answer, Unavailable for
// a replica that stops sending, Cancelled if `stopping` returns true.
// Thread safety: one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/rpc/snapshots.h"

namespace bellwether::rpc {

// Manifests are short, and a replica has few.
inline constexpr int kOffersBytesMax = 8 << 20;

class SnapshotClient {
 public:
  // `address`: host:port.
  explicit SnapshotClient(std::string address);
  ~SnapshotClient();
  const std::string& address() const { return address_; }

  // Passes every piece to `take`, in order, until the end of the file. An error of `take` ends the
  // transfer and is returned. Gives up if nothing comes for `wait`.
  absl::Status fetch(const FileRequest& request,
                     const std::function<absl::Status(const FilePiece&)>& take, absl::Duration wait,
                     const std::function<bool()>& stopping);

 private:
  friend std::vector<absl::StatusOr<std::vector<OfferedSnapshot>>> list_snapshots(
      const std::vector<std::unique_ptr<SnapshotClient>>&, absl::Duration,
      const std::function<bool()>&);
  struct Stub;
  std::string const address_;
  std::unique_ptr<Stub> stub_;
};

// Asks all replicas at the same time. The answers are in the order of `clients`. Returns after
// `wait` at the latest.
std::vector<absl::StatusOr<std::vector<OfferedSnapshot>>> list_snapshots(
    const std::vector<std::unique_ptr<SnapshotClient>>& clients, absl::Duration wait,
    const std::function<bool()>& stopping);

}  // namespace bellwether::rpc
