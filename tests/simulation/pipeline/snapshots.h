// The snapshots of one process: the work of daemon/runtime/replica/{snapshotter,restore} without a
// thread and Kafka. An image is captured between two ticks and written later, while the replica
// continues.
#pragma once

#include <optional>
#include <string>

#include "adapters/snapshot/store.h"
#include "simulation/pipeline/surroundings.h"

namespace bellwether::simulation {

class Snapshots {
 public:
  Snapshots(int id, Surroundings around);

  // The newest snapshot that is undamaged, belongs to this cluster and agrees with the log.
  std::optional<snapshot::Restored> newest();

  // True if an image is captured and not yet written.
  bool busy() const { return image_.has_value(); }
  void capture(snapshot::Image image);
  uint64_t captured() const { return fingerprint_; }  // fingerprint of the last captured image
  // Writes the captured image. Returns false if there is none.
  bool save();
  // Saves a snapshot of another cluster in this folder.
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

// The hash of the image's bytes as files. An image that is read back and captured again has the
// same hash.
uint64_t fingerprint(const snapshot::Image& image);

}  // namespace bellwether::simulation
