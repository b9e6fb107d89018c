// Snapshots of a small fold in a folder, and a sender of them without a network.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "adapters/snapshot/incoming.h"
#include "adapters/snapshot/shelf.h"
#include "core/base/check.h"
#include "core/base/status.h"
#include "core/base/text.h"
#include "support/fold.h"
#include "support/memory_disk.h"
#include "support/must.h"

namespace bellwether::snapshot {

inline constexpr absl::Time kNoon = absl::FromUnixSeconds(43'200);

class Saved {
 public:
  explicit Saved(Disk& disk, int businesses = 60, int records = 600) : store_(disk, "/theirs") {
    testing::Random random(3);
    for (size_t p = 0; p < testing::kPartitions; ++p) {
      logs_.push_back(testing::log_of(random, businesses));
    }
    fold_.emplace(logs_);
    for (int i = 0; i < records; ++i) go_on();
    EXPECT_TRUE(store_.open().ok());
  }
  // Folds a few records and saves a snapshot. Returns its name.
  std::string save() {
    for (int i = 0; i < 5; ++i) go_on();
    std::optional<Image> found = fold_->image();
    BELLWETHER_CHECK(found.has_value());
    Image& image = *found;
    image.manifest.taken_at = base::UnixMillis(++saved_);
    EXPECT_TRUE(store_.save(image).ok());
    return testing::must(store_.names()).back();
  }
  Store& store() { return store_; }

 private:
  void go_on() {
    fold_->step(static_cast<size_t>(steps_++) % testing::kPartitions);
    fold_->settle();
  }

  Store store_;
  std::vector<std::vector<testing::Told>> logs_;
  std::optional<testing::Fold> fold_;
  int64_t steps_ = 0;
  int64_t saved_ = 0;
};

// Sends the missing bytes, at most `bytes_max`. Adds their number to `sent`. Cancelled if
// `bytes_max` did not suffice.
inline absl::Status send(Shelf& shelf, const OfferedSnapshot& snapshot, Incoming& to,
                         uint64_t bytes_max, uint64_t& sent, size_t piece_bytes = 1000) {
  BELLWETHER_RETURN_IF_ERROR(to.begin(snapshot.manifest));
  for (size_t i = 0; i < to.files().size(); ++i) {
    BELLWETHER_ASSIGN_OR_RETURN(Incoming::Place place, to.open(i));
    auto source = shelf.open(snapshot.name, to.files()[i].name, place.offset, place.crc32c, kNoon);
    if (absl::IsAborted(source.status())) {
      BELLWETHER_RETURN_IF_ERROR(to.restart());
      source = shelf.open(snapshot.name, to.files()[i].name, 0, 0, kNoon);
    }
    if (!source.ok()) return source.status();
    while (true) {
      uint64_t const left = bytes_max - sent;
      BELLWETHER_ASSIGN_OR_RETURN(auto const piece,
                                  (*source)->next(std::min<uint64_t>(piece_bytes, left)));
      if (piece.data.empty() && left == 0) return absl::CancelledError("broken off");
      if (piece.data.empty()) break;
      BELLWETHER_RETURN_IF_ERROR(to.put(piece.offset, piece.data, piece.crc32c));
      sent += piece.data.size();
    }
    BELLWETHER_RETURN_IF_ERROR(to.close());
  }
  return to.finish();
}

}  // namespace bellwether::snapshot
