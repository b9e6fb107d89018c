// Purpose: which records of one input partition have a letter, by offset and timestamp. The
// timestamp is needed because a recreated topic has other records at the same offsets.
// Thread safety: a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/container/btree_set.h"

namespace bellwether::kafka {

class LetterMarks {
 public:
  static constexpr size_t kMarksMax = 2'000'000;  // about 40 MB

  explicit LetterMarks(size_t marks_max = kMarksMax) : marks_max_(marks_max) {}

  bool contains(int64_t offset, int64_t timestamp_ms) const {
    return marks_.contains({offset, timestamp_ms});
  }

  // Offsets may come in any order. False if the limit is reached: the mark is not kept.
  bool add(int64_t offset, int64_t timestamp_ms) {
    if (marks_.size() >= marks_max_ && !contains(offset, timestamp_ms)) {
      complete_ = false;
      return false;
    }
    marks_.emplace(offset, timestamp_ms);
    return true;
  }

  void forget_before(int64_t offset) {
    marks_.erase(marks_.begin(), marks_.lower_bound({offset, INT64_MIN}));
  }

  size_t size() const { return marks_.size(); }
  // True if every added mark is still here, except those that forget_before() removed.
  bool complete() const { return complete_; }

 private:
  size_t marks_max_;
  bool complete_ = true;
  absl::btree_set<std::pair<int64_t, int64_t>> marks_;
};

}  // namespace bellwether::kafka
