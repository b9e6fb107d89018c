// What became of every snapshot that a replica took: which states there are that a process may go
// on from, and what a replica must find on its disk when it starts again.
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
  // What a replica was when it was captured.
  struct Snapshot {
    int64_t serial = 0;  // rising
    size_t coverage = 0;
    Cut next;  // the first offsets that are not in it
    std::array<int64_t, kInputs> generations{};
  };
  // How an attempt to save ended, and what stands in the folder for it: empty where nothing does.
  struct Attempt {
    uint64_t fingerprint = 0;
    std::string name;
    bool saved = false;
    bool honest = true;  // the disk did what it said
    bool damaged = false;
  };

  Custody(const Broker& broker, size_t replicas) : broker_(broker), attempts_(replicas) {}

  // `fingerprint` is of the bytes that the image has as files.
  void captured(uint64_t fingerprint, size_t coverage, Cut next);
  void attempted(int replica, Attempt attempt);
  // A snapshot of this replica is no longer as it was written.
  void damaged(int replica, std::string_view name);
  // Nothing but a captured state may be gone on from; null otherwise.
  const Snapshot* find(uint64_t fingerprint) const;
  // The log is the one that it was made of and holds what comes next.
  bool agrees_with_log(const Snapshot& snapshot) const;
  // The serial that a restart must reach: of the newest whole one that agrees with the log. 0: none
  // need be there.
  int64_t due(int replica) const;

 private:
  const Broker& broker_;
  int64_t serial_ = 0;
  std::map<uint64_t, Snapshot> snapshots_;
  std::vector<std::vector<Attempt>> attempts_;  // that left a name, by replica, the newest last
};

}  // namespace bellwether::simulation
