// Purpose: groups of positions that are joined pair by pair (disjoint sets, Tarjan 1975).
// Thread safety: values.
#pragma once

#include <cstddef>
#include <numeric>
#include <vector>

namespace bellwether::base {

class Groups {
 public:
  // Each of the positions 0 … size − 1 is a group by itself.
  explicit Groups(size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), 0); }
  // The lowest position of the group of `i`.
  size_t find(size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(size_t a, size_t b) {
    a = find(a);
    b = find(b);
    parent_[a < b ? b : a] = a < b ? a : b;
  }

 private:
  std::vector<size_t> parent_;
};

}  // namespace bellwether::base
