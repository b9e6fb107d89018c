// Purpose: a set of offsets of one log, kept as runs of neighbours.
// Thread safety: a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>

#include "absl/container/btree_map.h"

namespace bellwether::kafka {

class OffsetRuns {
 public:
  static constexpr size_t kRunsMax = 1'000'000;  // some 20 MB

  explicit OffsetRuns(size_t runs_max = kRunsMax) : runs_max_(runs_max) {}

  bool contains(int64_t offset) const {
    auto const after = runs_.upper_bound(offset);
    return after != runs_.begin() && std::prev(after)->second > offset;
  }

  // In any order. False when the offset would begin a run too many: it is not kept.
  bool add(int64_t offset) {
    auto const after = runs_.upper_bound(offset);
    bool const joins_after = after != runs_.end() && after->first == offset + 1;
    if (after != runs_.begin()) {
      auto const before = std::prev(after);
      if (before->second > offset) return true;
      if (before->second == offset) {
        before->second = joins_after ? after->second : offset + 1;
        if (joins_after) runs_.erase(after);
        return true;
      }
    }
    if (joins_after) {
      int64_t const end = after->second;
      runs_.erase(after);
      runs_.emplace(offset, end);
      return true;
    }
    if (runs_.size() >= runs_max_) {
      complete_ = false;
      return false;
    }
    runs_.emplace(offset, offset + 1);
    return true;
  }

  // Forgets the runs that end at `offset` or before.
  void forget_before(int64_t offset) {
    while (!runs_.empty() && runs_.begin()->second <= offset) runs_.erase(runs_.begin());
  }

  size_t runs() const { return runs_.size(); }
  // Nothing that was added is missing but what was forgotten.
  bool complete() const { return complete_; }

 private:
  size_t runs_max_;
  bool complete_ = true;
  absl::btree_map<int64_t, int64_t> runs_;  // first → the offset behind the last
};

}  // namespace bellwether::kafka
