// Records every snapshot that a replica took: the states from which a process may start, and the
// snapshot that a replica must find on its disk when it starts again.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "simulation/pipeline/broker.h"

namespace bellwether::simulation {

struct SnapshotTally {
  size_t saved = 0;
  size_t failed = 0;
  size_t gone_on_from = 0;
  size_t refused = 0;
  size_t starts_with_a_gap = 0;
};

class Custody {
 public:
  // The state of a replica when it was captured.
  struct Snapshot {
    int64_t serial = 0;  // increasing
    size_t coverage = 0;
    Cut next;  // the first offsets that the snapshot does not contain
    std::array<int64_t, kInputs> generations{};
  };
  // The result of an attempt to save, and the name of its folder. The name is empty if there is no
  // folder.
  struct Attempt {
    uint64_t fingerprint = 0;
    std::string name;
    bool saved = false;
    bool honest = true;  // the disk did not lie about syncs
    bool damaged = false;
  };

  Custody(const Broker& broker, size_t replicas) : broker_(broker), attempts_(replicas) {}

  // `fingerprint` is the hash of the image's bytes as files.
  void captured(uint64_t fingerprint, size_t coverage, Cut next);
  void attempted(int replica, Attempt attempt);
  // A snapshot of this replica has changed since it was written.
  void damaged(int replica, std::string_view name);
  // The captured state with this fingerprint; null if none. A process may start only from a
  // captured state.
  const Snapshot* find(uint64_t fingerprint) const;
  // True if the snapshot was made from this log and the log still holds the next records.
  bool agrees_with_log(const Snapshot& snapshot) const;
  // The serial that a restart must reach: that of the newest undamaged snapshot that agrees with
  // the log. 0 if the replica need not have one.
  int64_t due(int replica) const;

 private:
  const Broker& broker_;
  int64_t serial_ = 0;
  std::map<uint64_t, Snapshot> snapshots_;
  std::vector<std::vector<Attempt>> attempts_;  // with a name, by replica, the newest last
};

}  // namespace bellwether::simulation
