// The disk of one replica, which outlives its processes: the disk in memory of tests/support, with
// the faults that a script orders.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "adapters/snapshot/disk.h"
#include "support/memory_disk.h"

namespace bellwether::simulation {

class SimulatedDisk {
 public:
  using Fault = testing::MemoryDisk::Fault;

  snapshot::Disk& files() { return disk_; }
  std::string* bytes(const std::string& path) { return disk_.bytes(path); }

  // The first writing operation after the next `operations` ones fails; the later ones work.
  void fail_one(int64_t operations, Fault fault) {
    disk_.fail_from(disk_.operations() + operations, fault, disk_.operations() + operations + 1);
  }
  void fill() { disk_.fail_from(disk_.operations(), Fault::kFull); }
  // Syncs do nothing and report success.
  void forget_syncs() { set_syncs(true); }
  void heal();
  bool honest() const { return !forgets_; }

  // The power fails after `operations` more operations. From then on nothing is written.
  void cut_power_after(int64_t operations);
  bool power_will_go() const { return cut_at_.has_value(); }
  bool power_is_cut() const { return cut_at_ && disk_.operations() > *cut_at_; }
  // The power fails and returns at once. Each unsynced write is kept, torn or lost.
  void lose_power(uint64_t seed);

  // Flips a bit of a file and returns its path. nullopt if no file has bytes.
  std::optional<std::string> rot(uint64_t seed);

  // For mutants that never sync.
  void never_sync(bool of_files, bool of_folders);

 private:
  void set_syncs(bool forgets);

  testing::MemoryDisk disk_;
  bool forgets_ = false;
  bool never_files_ = false;
  bool never_folders_ = false;
  std::optional<int64_t> cut_at_;
};

}  // namespace bellwether::simulation
