// Purpose: takes another replica's newest snapshot that belongs here into the own folder. A
// transfer that breaks off is resumed where it stopped: with the same snapshot, from whichever
// replica has it, also after a restart of this process. Bounded by TransferTimeouts: where no
// replica has a snapshot and the log is enough, it is given up at once. Thread safety: counts() may
// be called from any thread, the rest belongs to one.
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
// After so many attempts that end with a wrong checksum the snapshot is not taken from there.
inline constexpr int kDamagedMax = 3;

struct TransferTimeouts {
  // For the name server, and for a replica's list of snapshots.
  absl::Duration answer = absl::Seconds(5);
  // Until the next bytes.
  absl::Duration piece = absl::Seconds(20);
  // For the first replica that has a snapshot, where the log alone is not enough.
  absl::Duration wait = absl::Seconds(60);
  // Without progress, since a snapshot was found or since the last byte.
  absl::Duration again = absl::Seconds(60);
  // While the replicas that have a snapshot serve others.
  absl::Duration busy = absl::Minutes(10);
  // Between two attempts.
  absl::Duration between = absl::Seconds(1);
};

// What a transfer needs of the process around it.
struct TransferPlace {
  std::function<bool()> stopping;
  std::function<void(std::string)> doing;  // called with what the transfer is busy with
  base::LogFn log;
};

struct PeerTransferCounts {
  int64_t taken = 0;   // snapshots
  int64_t failed = 0;  // attempts that broke off
  uint64_t bytes = 0;  // received
  double seconds = 0;  // of the last that was taken
};

class PeerTransfer {
 public:
  struct Taken {
    std::string peer;      // its address
    std::string manifest;  // the bytes
  };

  // `peers`: host:port each; names may have several addresses.
  PeerTransfer(std::vector<std::string> peers, snapshot::Disk& disk, TransferPlace place,
               TransferTimeouts timeouts = {})
      : peers_(std::move(peers)), disk_(disk), place_(std::move(place)), timeouts_(timeouts) {}

  // Puts a snapshot into the store, as its newest. `needed`: the log alone is not enough, so that
  // replicas that do not answer yet are waited for. Errors: Cancelled (the process stops; the bytes
  // received stay on the disk), Unavailable (no replica gave a snapshot that belongs here; with the
  // reason of each), those of the own Disk. After the last two nothing stays on the disk.
  absl::StatusOr<Taken> take(snapshot::Store& store, const snapshot::Identity& identity,
                             bool needed);
  // A snapshot that is of no use is not taken again: from nobody, or not from this address.
  void exclude(std::string manifest, std::string peer = "");
  PeerTransferCounts counts() const;

 private:
  struct Offer {
    rpc::SnapshotClient* client = nullptr;
    base::OfferedSnapshot snapshot;
    snapshot::Manifest about;
  };
  struct Answers {
    std::vector<Offer> offers;  // that may be taken, the best first
    std::string why;            // not the others
    bool all = true;            // answered
  };
  struct Errand;  // one call of take()
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
  std::vector<std::pair<std::string, std::string>> excluded_;  // manifest, address or all
  mutable std::mutex mutex_;
  PeerTransferCounts counts_;
};

// What a replica gives to others: the snapshots of its shelf.
rpc::SnapshotBackend give_snapshots(snapshot::Shelf& shelf);

}  // namespace bellwether::runtime
