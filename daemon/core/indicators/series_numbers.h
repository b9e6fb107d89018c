// Purpose: which series a panel keeps of each measure, and their numbers: those of nodes, then
// those of classes in nodes. Snapshots contain the numbers. Thread safety: immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/indicators/deltas.h"
#include "core/reference/reference.h"

namespace bellwether::indicators {

// An area or area set × a sector at any level. Queries and alerts refer to nodes.
struct Node {
  AreaId area;
  SectorId sector;
  friend auto operator<=>(const Node&, const Node&) = default;
};

// The series of a class are kept for all sectors and for sections, in areas above the leaves. They
// are kept for leaves as well if there are at most so many: a nation of 33,000 small areas would
// need as much memory again as for all other series.
inline constexpr size_t kClassLeavesMax = 500;

class SeriesNumbers {
 public:
  // A node has at most so many series of a measure: its own, then those of classes.
  static constexpr size_t kSlots = 1 + 2 * domain::kClassesMax;
  static_assert(reference::kAreasMax * reference::kSectorsMax * kSlots <= UINT32_MAX,
                "a number has 32 bits");

  explicit SeriesNumbers(const reference::Reference& reference);

  size_t nodes() const { return divided_areas_.size() * sections_.size(); }
  size_t index(Node node) const {
    return size_t{node.area.value} * sections_.size() + node.sector.value;
  }
  Node node(size_t index) const {
    return {AreaId(static_cast<uint16_t>(index / sections_.size())),
            SectorId(static_cast<uint16_t>(index % sections_.size()))};
  }
  bool is_divided(AreaId area) const { return divided_areas_[area.value]; }
  SectorId section(SectorId sector) const { return sections_[sector.value]; }
  // True if the series of the node's classes are kept.
  bool has_classes(Node node) const {
    return is_divided(node.area) && section(node.sector) == node.sector;
  }
  // The number of a class's series is slot × nodes() + index(node), the slot from 1 on: that of a
  // class of the measure's own division is 1 + its number; those of the size bands of a measure by
  // legal form follow. REQUIRES of a class: domain::divides() and has_classes().
  size_t of(Node node, Measure measure, std::optional<Class> in) const;
  // False if the panel keeps no series of that number.
  bool exists(Measure measure, size_t number) const;

 private:
  std::vector<bool> divided_areas_;  // by area
  std::vector<SectorId> sections_;   // by sector: the one below "all"; of "all", itself
};

}  // namespace bellwether::indicators
