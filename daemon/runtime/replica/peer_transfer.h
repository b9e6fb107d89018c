// Purpose: takes another replica's newest snapshot that belongs here into the own folder. What
// breaks off is gone on with where it stopped: with the same snapshot, of whichever replica has it,
// also after a restart of this process. Bounded by Patience: where no replica has one and the log
// will do, it is given up at once.
// Thread safety: counts() may be called from any thread, the rest belongs to one.
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

namespace bellwether::runtime {

inline constexpr size_t kAddressesMax = 64;
inline constexpr int kAttemptsMax = 100;
inline constexpr int kDamagedMax =
    3;  // attempts that end with a wrong checksum, before the snapshot is not taken from there

struct Patience {
  absl::Duration answer =
      absl::Seconds(5);  // for a name server, and for a replica to say what it has
  absl::Duration piece = absl::Seconds(20);  // until the next bytes
  absl::Duration wait =
      absl::Seconds(60);  // for the first that has one, where the log alone will not do
  absl::Duration again =
      absl::Seconds(60);  // without any progress since one was found, or since the last byte
  absl::Duration busy = absl::Minutes(10);  // while those that have one serve others
  absl::Duration between = absl::Seconds(1);
};

// What a transfer needs of the process around it.
struct TransferPlace {
  std::function<bool()> stopping;
  std::function<void(std::string)>
      doing;  // told what is being done, for whoever asks why this takes so long
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
               Patience patience = {})
      : peers_(std::move(peers)), disk_(disk), place_(std::move(place)), patience_(patience) {}

  // The store has it as its newest then. `needed`: the log alone will not do, so that replicas that
  // do not answer yet are waited for. Errors: Cancelled (the process stops; what has come stays),
  // Unavailable (nobody gave one that belongs here; each with its reason), those of the own Disk.
  // But for the first nothing is left on the disk.
  absl::StatusOr<Taken> take(snapshot::Store& store, const snapshot::Identity& identity,
                             bool needed);
  // A snapshot that turned out to be of no use: not to be taken again, from nobody, or not from
  // this address.
  void exclude(std::string manifest, std::string peer = "");
  PeerTransferCounts counts() const;

 private:
  struct Offer {
    rpc::SnapshotClient* client = nullptr;
    rpc::OfferedSnapshot snapshot;
    snapshot::Manifest about;
  };
  struct Answers {
    std::vector<Offer> offers;  // that may be taken, the best first
    std::string why;            // not the others
    bool all = true;            // answered
  };
  Answers ask(const snapshot::Identity& identity, const std::string& unfinished);
  absl::Status fetch(const Offer& offer, snapshot::Incoming& incoming, bool& own_disk);
  absl::Status fetch_file(const Offer& offer, snapshot::Incoming& incoming, size_t file,
                          bool& own_disk);
  absl::StatusOr<Taken> adopt(const Offer& offer, snapshot::Incoming& incoming,
                              snapshot::Store& store);
  bool excluded(const std::string& manifest, const std::string& peer) const;
  bool pause(absl::Duration wait) const;
  void count_failure();

  std::vector<std::string> const peers_;
  snapshot::Disk& disk_;
  TransferPlace place_;
  Patience const patience_;
  std::vector<std::unique_ptr<rpc::SnapshotClient>> clients_;
  std::vector<std::pair<std::string, std::string>> excluded_;  // manifest, address or all
  mutable std::mutex mutex_;
  PeerTransferCounts counts_;
};

// What a replica gives to others: the snapshots of its shelf.
rpc::SnapshotBackend give_snapshots(snapshot::Shelf& shelf);

}  // namespace bellwether::runtime
