// Purpose: forecasts that add up: of all sets of numbers in which every parent is the sum of its
// children, the one nearest to the forecasts made one by one, each distance weighed by its
// variance. Minimum-trace reconciliation with a diagonal variance ("WLS", Wickramasuriya,
// Athanasopoulos & Hyndman 2019, Journal of the American Statistical Association 114, 804–819,
// section 2.4), in the form with constraints:
//   x = x̂ − W Aᵀ (A W Aᵀ)⁻¹ A x̂,  where a row of A x = 0 says that a parent less its children is
//   nothing.
// Thread safety: a Reconciler is immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace bellwether::forecast {

// A node that is the sum of others. A node may be the sum of several such lists (the sectors of an
// area, and the areas of a sector): the lists must agree on the leaves.
struct SumOf {
  uint32_t parent = 0;
  std::vector<uint32_t> children;
};

class Reconciler {
 public:
  // `nodes` numbers 0 … nodes − 1; variance[i] > 0. Nodes that stand in no list stay as they are.
  Reconciler(size_t nodes, std::vector<SumOf> sums, std::vector<double> variance);
  ~Reconciler();
  // Replaces the numbers, one a node, all finite. Leaves below zero become zero where
  // `non_negative`. Sums hold exactly: parents are added up from the leaves in the end, in the
  // order of the lists. REQUIRES: a list comes after those that hold the parents of its children.
  void reconcile(std::span<double> values, bool non_negative) const;

 private:
  struct System;
  std::unique_ptr<const System> system_;
};

}  // namespace bellwether::forecast
