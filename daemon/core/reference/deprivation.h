// Purpose: how deprived the leaf areas are: the decile of an index of deprivation, and the
// residents. One version of one nation's index a deployment: the deciles of two indices, or of two
// nations, cannot be compared. Thread safety: immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/reference/areas.h"

namespace bellwether::reference {

inline constexpr int kDeciles = 10;
inline constexpr int kUnknownDecile = 0;
// No area has so many residents.
inline constexpr int64_t kResidentsMax = 100'000'000;

class Deprivation {
 public:
  Deprivation() = default;
  // `csv`: header code,decile,population: the code of an area, its decile from 1 (most deprived) to
  // 10, its residents. They hold for what is not at mass addresses; the decile of these is unknown.
  // Rows of areas that `areas` does not have are left out, so the file may be that of a whole
  // nation. Error: InvalidArgument listing the bad lines; or if no row is one of
  // `areas`.
  static absl::StatusOr<Deprivation> parse(std::string_view csv, std::string_view file,
                                           const Areas& areas);

  // kUnknownDecile if the file does not have the area.
  int decile(AreaId leaf) const { return empty() ? kUnknownDecile : deciles_[leaf.value]; }
  // 0 if the file does not have the area.
  int64_t residents(AreaId leaf) const { return empty() ? 0 : residents_[leaf.value]; }
  // The leaves of the decile in an area or set (in itself, for a leaf), in the order of the areas
  // file. REQUIRES: 1 ≤ decile ≤ kDeciles.
  std::span<const AreaId> leaves(AreaId area, int decile) const;
  bool empty() const { return deciles_.empty(); }
  size_t known() const { return known_; }          // leaf areas with a decile
  size_t elsewhere() const { return elsewhere_; }  // rows of other areas
  // Of all areas, deciles and residents.
  uint64_t digest() const;

 private:
  void find_leaves(const Areas& areas);

  std::vector<uint8_t> deciles_;    // by area; empty: no file
  std::vector<int64_t> residents_;  // by area
  // The known leaves of each area, by decile: those of `area` and `decile` are between ends_ of
  // (area, decile − 1) and of (area, decile), where ends_ has one row of kDeciles + 1 for each
  // area.
  std::vector<AreaId> leaves_;
  std::vector<uint32_t> ends_;
  size_t known_ = 0;
  size_t elsewhere_ = 0;
};

}  // namespace bellwether::reference
