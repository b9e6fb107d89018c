// Purpose: copies the newest snapshot of other replicas that has this replica's identity into this
// replica's folder. A transfer that breaks off resumes where it stopped: with the same snapshot,
// from any replica that has it, also after a restart of this process. TransferTimeouts limit the
// time. If no replica has a snapshot and the log is complete, it gives up at once.
// Thread safety: counts() may be called from any thread, the rest belongs to one thread.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/kafka/client.h"
#include "adapters/rpc/snapshot_client.h"
#include "adapters/rpc/snapshots.h"
#include "adapters/snapshot/incoming.h"
#include "adapters/snapshot/shelf.h"
#include "adapters/snapshot/store.h"
#include "core/base/log.h"
#include "core/base/offered_snapshot.h"

namespace bellwether::runtime {

inline constexpr size_t kAddressesMax = 64;
inline constexpr int kAttemptsMax = 100;
// After this number of attempts with a wrong checksum, the snapshot is not taken from that address.
inline constexpr int kDamagedMax = 3;

struct TransferTimeouts {
  // For the name server, and for a replica's list of snapshots.
  absl::Duration answer = absl::Seconds(5);
  // For the next bytes.
  absl::Duration piece = absl::Seconds(20);
  // For the first replica that has a snapshot, if the log alone is not enough.
  absl::Duration wait = absl::Seconds(60);
  // Without progress, since a snapshot was found or since the last byte.
  absl::Duration again = absl::Seconds(60);
  // While the replicas with a snapshot are busy with others.
  absl::Duration busy = absl::Minutes(10);
  // Between two attempts.
  absl::Duration between = absl::Seconds(1);
};

// The parts of the process that a transfer uses.
struct TransferPlace {
  std::function<bool()> stopping;
  std::function<void(std::string)> doing;  // called with a text about the current step
  base::LogFn log;
};

struct PeerTransferCounts {
  int64_t taken = 0;   // snapshots received completely
  int64_t failed = 0;  // attempts that broke off
  uint64_t bytes = 0;  // received
  double seconds = 0;  // duration of the last complete transfer
};

class PeerTransfer {
 public:
  struct Taken {
    std::string peer;      // its address
    std::string manifest;  // the bytes of the manifest's file
  };

  // `peers`: host:port each; a name may have several addresses.
  PeerTransfer(std::vector<std::string> peers, snapshot::Disk& disk, TransferPlace place,
               TransferTimeouts timeouts = {})
      : peers_(std::move(peers)), disk_(disk), place_(std::move(place)), timeouts_(timeouts) {}

  // Puts a snapshot into the store as its newest. `needed`: the log alone is not enough, so the
  // transfer also waits for replicas that do not answer yet. Errors: Cancelled (the process stops;
  // the bytes received stay on the disk), Unavailable (no replica gave a usable snapshot; with the
  // reason for each), errors of this replica's Disk. After Unavailable and Disk errors nothing
  // stays on the disk.
  absl::StatusOr<Taken> take(snapshot::Store& store, const snapshot::Identity& identity,
                             bool needed);
  // Excludes a useless snapshot from further transfers, from all addresses if `peer` is empty,
  // otherwise from `peer`.
  void exclude(std::string manifest, std::string peer = "");
  PeerTransferCounts counts() const;

 private:
  struct Offer {
    rpc::SnapshotClient* client = nullptr;
    base::OfferedSnapshot snapshot;
    snapshot::Manifest about;
  };
  struct Answers {
    std::vector<Offer> offers;  // usable snapshots, the best first
    std::string why;            // the reasons why the others are not usable
    bool all = true;            // true if all peers answered
  };
  struct Errand;  // the state of one call of take()
  Answers ask(const snapshot::Identity& identity, const std::string& unfinished);
  absl::Status fetch(const Offer& offer, snapshot::Incoming& incoming, bool& own_disk);
  absl::Status fetch_file(const Offer& offer, snapshot::Incoming& incoming, size_t file,
                          bool& own_disk);
  absl::StatusOr<Taken> take_offer(const Offer& offer, Errand& errand);
  static absl::Status give_up(Errand& errand, absl::Status why);
  bool excluded(const std::string& manifest, const std::string& peer) const;
  bool pause(absl::Duration wait) const;
  void count_failure();

  std::vector<std::string> const peers_;
  snapshot::Disk& disk_;
  TransferPlace place_;
  TransferTimeouts const timeouts_;
  std::vector<std::unique_ptr<rpc::SnapshotClient>> clients_;
  std::vector<std::pair<std::string, std::string>> excluded_;  // manifest and address; empty: all
  mutable std::mutex mutex_;
  PeerTransferCounts counts_;
};

// The functions that give the snapshots of the shelf to other replicas.
rpc::SnapshotBackend give_snapshots(snapshot::Shelf& shelf);

}  // namespace bellwether::runtime
