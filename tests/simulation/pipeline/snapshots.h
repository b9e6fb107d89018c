// The snapshots of one process: what daemon/runtime/replica/{snapshotter,restore} do with a thread
// and Kafka. An image is captured between two ticks and written later, while the replica continues.
#pragma once

#include <optional>
#include <string>

#include "adapters/snapshot/store.h"
#include "simulation/pipeline/surroundings.h"

namespace bellwether::simulation {

class Snapshots {
 public:
  Snapshots(int id, Surroundings around);

  // The newest that is whole, belongs here and agrees with the log.
  std::optional<snapshot::Restored> newest();

  // One is captured and not yet written.
  bool busy() const { return image_.has_value(); }
  void capture(snapshot::Image image);
  uint64_t captured() const { return fingerprint_; }  // fingerprint of the last one
  // Writes what was captured. False when there is nothing.
  bool save();
  // Somebody puts the snapshot of another cluster here.
  void save_foreign(snapshot::Image image);

  snapshot::Identity identity() const;

 private:
  absl::Status accept(const snapshot::Restored& found);

  int const id_;
  Surroundings around_;
  snapshot::Store store_;
  std::optional<snapshot::Image> image_;
  uint64_t fingerprint_ = 0;
};

// Of the bytes that it has as files; what is read back and captured again has the same.
uint64_t fingerprint(const snapshot::Image& image);

}  // namespace bellwether::simulation
