// Purpose: makes forecasts add up. Among all sets of numbers in which every parent is the sum of
// its children, it finds the one nearest to the separate forecasts; each squared distance is
// divided by its variance. This is minimum-trace reconciliation with a diagonal variance ("WLS",
// Wickramasuriya, Athanasopoulos & Hyndman 2019, Journal of the American Statistical Association
// 114, 804–819, section 2.4), in the form with constraints:
//   x = x̂ − W Aᵀ (A W Aᵀ)⁻¹ A x̂,
// where a row of A x = 0 states that a parent minus its children is 0.
//   Counts are not negative. With that condition the nearest numbers are found by a primal-dual
// active set (Hintermüller, Ito & Kunisch 2002, SIAM Journal on Optimization 13, 865–888): leaves
// that would be negative are held at 0, and those that would not be are let go, until none changes.
// So what one child lacks is taken from all others by their variance; cutting it off afterwards
// would add it to the parents.
// Thread safety: a Reconciler is immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace bellwether::forecast {

// A node that is the sum of other nodes. A node may have several lists (the sectors of an area, and
// the areas of a sector): the lists must have the same leaves.
struct SumOf {
  uint32_t parent = 0;
  std::vector<uint32_t> children;
};

// The rounds after which the active set is taken as it is, and leaves below zero become zero.
inline constexpr int kReconcileRoundsMax = 40;

class Reconciler {
 public:
  // Nodes are numbered 0 … nodes − 1; variance[i] > 0. A node that is in no list keeps its number.
  Reconciler(size_t nodes, std::vector<SumOf> sums, std::vector<double> variance);
  ~Reconciler();
  // Replaces the numbers, one for each node, all finite. If `non_negative`, no leaf is below zero.
  // Sums are exact, because in the end parents are summed from the leaves, in the
  // order of the lists. REQUIRES: a list comes after the lists whose parents are its children.
  void reconcile(std::span<double> values, bool non_negative) const;

 private:
  struct System;
  std::unique_ptr<const System> system_;
};

}  // namespace bellwether::forecast
